/** Checks on a real NATS what a user may publish and subscribe to. */
import { connect, Events, type NatsConnection } from 'nats';
import { until } from '../../test/harness/wait.ts';

export type Right = `publish ${string}` | `subscribe ${string}`;

export class Probe {
  readonly #connection: NatsConnection;
  readonly #refused = new Set<string>();
  #marker = 0;

  private constructor(connection: NatsConnection) {
    this.#connection = connection;
    void this.#listen();
  }

  static async as(url: string): Promise<Probe> {
    const { host, username, password } = new URL(url);
    const user = decodeURIComponent(username);
    return new Probe(await connect({ servers: host, user, pass: decodeURIComponent(password) }));
  }

  /** The rights that the user really has. */
  async allowed(rights: readonly Right[]): Promise<Set<Right>> {
    this.#refused.clear();
    for (const right of rights) {
      const [kind = '', subject = ''] = right.split(' ');
      if (kind === 'publish') this.#connection.publish(subject);
      // NATS reports a refused subscription. A granted one is ended at once.
      else this.#connection.subscribe(subject, { callback() {} }).unsubscribe();
    }
    await this.#settled();
    return new Set(rights.filter((right) => !this.#refused.has(right)));
  }

  async end(): Promise<void> {
    await this.#connection.close();
  }

  /** The server works in order: when it refuses this request, all earlier ones are decided. */
  async #settled(): Promise<void> {
    this.#marker += 1;
    const subject = `refused.to.everybody.${this.#marker}`;
    this.#connection.publish(subject);
    await until(() => this.#refused.has(`publish ${subject}`), { what: 'the answer of NATS' });
  }

  async #listen(): Promise<void> {
    for await (const { type, permissionContext } of this.#connection.status()) {
      if (type !== Events.Error) continue;
      if (permissionContext === undefined) continue;
      const { operation, subject } = permissionContext;
      this.#refused.add(`${operation === 'publish' ? 'publish' : 'subscribe'} ${subject}`);
    }
  }
}
