/** Whether the whole system has come up once, and whether this node can do its own work since. */
import type { FieldError } from '#schemas/errors.ts';

/** What `<service>.ready` answers; auth also tells whether there is an admin. */
export interface ReadyAnswer {
  readonly ready: boolean;
  readonly reason?: string;
  readonly adminExists?: boolean;
}

/** What readiness rests on. */
export interface ReadinessOptions {
  /** Every service of the system but the gateway. */
  readonly services: readonly string[];
  /** Asks a service; undefined where nobody runs it. */
  readonly ask: (service: string) => Promise<ReadyAnswer | undefined>;
  /** What keeps this node from its own work now, in a few words; null where nothing does. */
  readonly obstacle: () => string | null;
  /** Called once, when every service has been ready. */
  readonly complete?: () => void;
}

/** Pause between two rounds of asking, in milliseconds. */
const ROUND_MS = 100;

/**
 * Asks each service until it was ready once, and never again: a system that came up serves what it can, and one
 * service that is away must not take the gateway out.
 */
export class Readiness {
  readonly #options: ReadinessOptions;
  /** Service to why it was not ready when last asked. */
  readonly #missing: Map<string, string>;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: ReadinessOptions) {
    this.#options = options;
    this.#missing = new Map(options.services.map((service) => [service, 'not asked yet']));
  }

  /** Asks every service that has not been ready yet, at once; how many still are not. */
  async runOnce(): Promise<number> {
    await Promise.all([...this.#missing.keys()].map((service) => this.#ask(service)));
    return this.#missing.size;
  }

  async #ask(service: string): Promise<void> {
    const answer = await this.#options.ask(service).catch(() => undefined);
    if (answer === undefined) this.#missing.set(service, 'does not answer');
    else if (!answer.ready) this.#missing.set(service, answer.reason ?? 'not ready');
    else if (answer.adminExists === false) this.#missing.set(service, 'no admin yet');
    else this.#missing.delete(service);
  }

  start(): void {
    const round = async () => {
      const missing = await this.runOnce();
      if (this.#stopped) return;
      if (missing > 0) this.#timer = setTimeout(() => void round(), ROUND_MS).unref();
      else this.#options.complete?.();
    };
    void round();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** What is missing; empty: ready. */
  missing(): FieldError[] {
    const obstacle = this.#options.obstacle();
    const list: [string, string][] = [...this.#missing];
    if (obstacle !== null) list.push(['gateway', obstacle]);
    return list.map(([field, message]) => ({ field, code: 'not_ready', message }));
  }
}
