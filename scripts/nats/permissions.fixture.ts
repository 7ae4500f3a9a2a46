/** Whether NATS lets a user publish and subscribe, as NATS itself says. */
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

  /** Those of the rights that the user has. */
  async allowed(rights: readonly Right[]): Promise<Set<Right>> {
    this.#refused.clear();
    for (const right of rights) {
      const [kind = '', subject = ''] = right.split(' ');
      if (kind === 'publish') this.#connection.publish(subject);
      // What is refused is told; what is granted is given up at once.
      else this.#connection.subscribe(subject, { callback() {} }).unsubscribe();
    }
    await this.#settled();
    return new Set(rights.filter((right) => !this.#refused.has(right)));
  }

  async end(): Promise<void> {
    await this.#connection.close();
  }

  /** The server works in order: when it refuses this one, all before it are decided. */
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
