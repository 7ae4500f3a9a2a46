/**
 * Runs reconciliations as jobs in the table `reconciliation` (ANA-6). HTTP, the command and the
 * clock request them. One node at a time runs one; when it ends, another node takes over.
 */
import { randomUUID } from 'node:crypto';
import type { Database } from '#mixins/database/database.ts';
import type { Log } from '#mixins/log.ts';
import { isProblem, Problem } from '#schemas/errors.ts';
import type { Ask } from './compare.ts';
import type { Result } from './findings.ts';
import {
  findNewest,
  finish,
  giveBack,
  LEASE_MS,
  type Newest,
  renewLease,
  requestReconciliation,
  takeUp,
  tryLockReconciliations,
} from './reconciliation.store.ts';
import { BUG } from './request.handler.ts';
import { type OnFailedPart, RunEnded } from './run.client.ts';

/** The defaults. Tests set other values. */
const SETTINGS = {
  /** Time between the end of a reconciliation and the next one by the clock, in milliseconds. */
  everyMs: 600_000,
  /** The same after one that could not be done. */
  againMs: 60_000,
  /** The longest that one may take, in milliseconds. */
  withinMs: 1_800_000,
};
export type ReconcilerSettings = typeof SETTINGS;
/** Longest pass, in milliseconds: a reconciliation, and the transactions before and after it. */
export const LONGEST_RECONCILIATION_MS = SETTINGS.withinMs + 60_000;

/** After a long one, the pause is this many times as long as it took. */
const REST = 10;
/** Most differences that the log names. */
const MAX_LOGGED = 20;

export interface ReconcilerOptions {
  readonly database: Database;
  readonly ask: Ask;
  /** Runs one. Its error is the reason why it could not be done. */
  readonly reconcile: (ask: Ask, onFailedPart: OnFailedPart) => Promise<Result>;
  readonly log: Pick<Log, 'warn' | 'error'>;
  /** Bounds that differ from the defaults, such as shorter ones for tests. */
  readonly settings?: Partial<ReconcilerSettings>;
}

type Outcome = { readonly result: Result } | { readonly reason: string };

export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #settings: ReconcilerSettings;
  /** Names this node in its leases. */
  readonly #lease = randomUUID();
  readonly #stopping = new AbortController();
  readonly #startedAt = performance.now();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#settings = { ...SETTINGS, ...options.settings };
  }

  /** Aborted when the node stops. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /**
   * Ends the reconciliation that runs here. Another node takes it over, or this one when it starts.
   */
  stop(): void {
    this.#stopping.abort(new RunEnded('The node stops'));
  }

  /**
   * Requests one when it is due, and runs the one that waits. Several nodes may call it at once.
   */
  async runOnce(): Promise<'idle' | 'done' | 'failed' | 'lost'> {
    const { database } = this.#options;
    if (this.stopping.aborted) return 'idle';
    const number = await database.inTransaction(async (tx) => {
      if (!(await tryLockReconciliations(tx))) return undefined;
      const newest = await findNewest(tx);
      if (this.#isDue(newest)) await requestReconciliation(tx);
      else if (newest === undefined || newest.ended) return undefined;
      return takeUp(tx, this.#lease);
    });
    if (number === undefined) return 'idle';
    const outcome = await this.#run(number);
    if (outcome === undefined) return 'lost';
    const ours = await database.inTransaction((tx) => finish(tx, number, this.#lease, outcome));
    if (!ours) return 'lost';
    if ('reason' in outcome) return 'failed';
    this.#alarm(number, outcome.result);
    return 'done';
  }

  #isDue(newest: Newest | undefined): boolean {
    const { everyMs, againMs } = this.#settings;
    if (newest === undefined) return performance.now() - this.#startedAt > everyMs;
    const { state, ageMs, tookMs } = newest;
    if (state === 'failed') return ageMs > againMs;
    return state === 'done' && ageMs > Math.max(everyMs, REST * (tookMs ?? 0));
  }

  /** Undefined if another node has it now, or if this node stops. */
  async #run(number: number): Promise<Outcome | undefined> {
    const { database, ask, reconcile } = this.#options;
    const { withinMs } = this.#settings;
    const ending = new AbortController();
    const late = new Problem('service_unavailable', `It took longer than ${withinMs} ms`);
    const limit = setTimeout(() => ending.abort(late), withinMs);
    const renewing = setInterval(() => void this.#renew(number, ending), LEASE_MS / 3);
    try {
      const endingAsk = endingWith(ask, AbortSignal.any([ending.signal, this.stopping]));
      const onFailedPart: OnFailedPart = (part, error) =>
        this.#logBug(`${part} of reconciliation ${number}`, error);
      return { result: await reconcile(endingAsk, onFailedPart) };
    } catch (error) {
      if (!(error instanceof RunEnded)) return { reason: this.#explain(number, error) };
      if (this.stopping.aborted) await database.inTransaction((tx) => giveBack(tx, number, this.#lease));
      return undefined;
    } finally {
      clearInterval(renewing);
      clearTimeout(limit);
    }
  }

  async #renew(number: number, ending: AbortController): Promise<void> {
    const { database, log } = this.#options;
    try {
      const ours = await database.inTransaction((tx) => renewLease(tx, number, this.#lease));
      if (!ours) ending.abort(new RunEnded('Another node has taken it up'));
    } catch (error) {
      log.warn(`The lease of reconciliation ${number} could not be renewed: ${String(error)}`);
    }
  }

  /** Returns the reason that clients may see; other errors stay in the log. */
  #explain(number: number, error: unknown): string {
    const { log } = this.#options;
    if (error instanceof Error && isProblem(error, 'service_unavailable')) {
      log.warn(`Reconciliation ${number} could not be done: ${error.message}`);
      return error.message;
    }
    this.#logBug(`Reconciliation ${number}`, error);
    return BUG;
  }

  /** Only the stack: other fields of a driver's error may hold text of clients. */
  #logBug(what: string, error: unknown): void {
    const stack = error instanceof Error ? error.stack : String(error);
    this.#options.log.error(`${what} could not be done: ${stack}`);
  }

  #alarm(number: number, { differences, more }: Result): void {
    if (differences.length === 0) return;
    const named = differences.slice(0, MAX_LOGGED).map(({ code, message }) => `\n  ${code}: ${message}`);
    const unnamed = differences.length - named.length + more;
    const rest = unnamed > 0 ? `\n  and ${unnamed} more` : '';
    const count = differences.length + more;
    this.#options.log.error(`Reconciliation ${number} found ${count} differences:${named.join('')}${rest}`);
  }
}

/** Asks until the signal is aborted; then it throws the signal's reason at once. */
function endingWith(ask: Ask, signal: AbortSignal): Ask {
  return async <Answer>(service: string, action: string, params: object) => {
    signal.throwIfAborted();
    const ended = Promise.withResolvers<never>();
    const end = () => ended.reject(signal.reason);
    signal.addEventListener('abort', end, { once: true });
    try {
      return await Promise.race([ask<Answer>(service, action, params), ended.promise]);
    } finally {
      signal.removeEventListener('abort', end);
    }
  };
}
