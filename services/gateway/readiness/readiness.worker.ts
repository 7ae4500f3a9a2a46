/** Whether the whole system has been ready once, and whether this node can work now. */
import type { FieldError } from '#schemas/errors.ts';

/** The answer of `<service>.ready`; auth also reports whether there is an admin. */
export interface ReadyAnswer {
  readonly ready: boolean;
  readonly reason?: string;
  readonly adminExists?: boolean;
}

/** The inputs of readiness. */
export interface ReadinessOptions {
  /** All services except the gateway. */
  readonly services: readonly string[];
  /** Asks a service; undefined when no node runs it. */
  readonly ask: (service: string) => Promise<ReadyAnswer | undefined>;
  /** A short text on what prevents this node from working now; null when nothing does. */
  readonly obstacle: () => string | null;
  /** Called once, when every service has been ready. */
  readonly complete?: () => void;
}

/** Pause between two rounds of calls, in milliseconds. */
const ROUND_MS = 100;

/**
 * Asks each service until it was ready once, and then never again. A running system serves what it
 * can: one unavailable service must not make the gateway unavailable.
 */
export class Readiness {
  readonly #options: ReadinessOptions;
  /** The services that were not ready, with the reason from the last call. */
  readonly #missing: Map<string, string>;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: ReadinessOptions) {
    this.#options = options;
    this.#missing = new Map(options.services.map((service) => [service, 'not asked yet']));
  }

  /** Asks all services that were never ready, concurrently. Returns how many are left. */
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

  /** The missing parts; empty when ready. */
  missing(): FieldError[] {
    const obstacle = this.#options.obstacle();
    const list: [string, string][] = [...this.#missing];
    if (obstacle !== null) list.push(['gateway', obstacle]);
    return list.map(([field, message]) => ({ field, code: 'not_ready', message }));
  }
}
