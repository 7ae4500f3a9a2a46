/**
 * The reconciliation as a job (ANA-6), kept in the table `reconciliation`: whoever asks, by HTTP, by the command or by the clock, any node
 * takes it up, one at a time, and another one takes it over where that ends.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../mixins/database/database.ts';
import { isProblem, Problem } from '../../schemas/errors.ts';
import {
  collectReconciliation,
  findAwaited,
  findNewest,
  findReconciliation,
  finish,
  giveBack,
  LEASE_MS,
  markAwaited,
  type Newest,
  type Reconciliation,
  renewLease,
  requestReconciliation,
  takeUp,
  tryLockReconciliations,
} from './reconcile.store.ts';
import type { Ask } from './reconcile-compare.ts';
import type { Result } from './reconcile-findings.ts';

/** The result as clients see it (design §6). */
export interface ReconciliationAnswer extends Result {
  readonly consistent: boolean;
  /** When it began: everything that was committed before is in it. ISO 8601. */
  readonly checkedAt: string;
}

export interface ReconcilerSettings {
  /** Between the end of a reconciliation and the next one by the clock, in milliseconds. Default 600,000. */
  readonly everyMs: number;
  /** The same behind one that could not be done. Default 60,000. */
  readonly againMs: number;
  /** The longest that one may take, in milliseconds. Default 1,800,000. */
  readonly withinMs: number;
}

export const RECONCILER_SETTINGS: ReconcilerSettings = {
  everyMs: 600_000,
  againMs: 60_000,
  withinMs: 1_800_000,
};

/** A long one rests in between for so many times as long as it took. */
const REST = 10;
/** How long an answer waits for a result, in milliseconds. */
const WAIT_MS = 20_000;
/** Pauses between two looks whether it is there, in milliseconds. */
const LOOK_MS = 50;
/** Seconds after which who did not get it may come again. */
const RETRY_AFTER_SECONDS = 5;

export interface ReconcilerOptions {
  readonly database: Database;
  readonly ask: Ask;
  /** Runs one; what it throws is why it could not be done. */
  readonly reconcile: (ask: Ask) => Promise<Result>;
  readonly log: Readonly<Record<'info' | 'warn' | 'error', (...args: unknown[]) => void>>;
  readonly settings?: Partial<ReconcilerSettings>;
}

/** Why one failed that should not have. */
const BUG = 'It failed; the log of analytics tells why';

/** The run is to end: its node stops, it took too long, or another node has it now. */
class RunEnded extends Error {}

/** A node's part in reconciliations. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #settings: ReconcilerSettings;
  /** Names this node in its leases. */
  readonly #lease = randomUUID();
  readonly #stopping = new AbortController();
  readonly #startedAt = performance.now();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#settings = { ...RECONCILER_SETTINGS, ...options.settings };
  }

  /** Asks for one when the clock says so, and does the one that waits; any number of nodes may call it at once. */
  async runOnce(): Promise<'idle' | 'done' | 'failed' | 'lost'> {
    const { database } = this.#options;
    if (this.#stopping.signal.aborted) return 'idle';
    const number = await database.inTransaction(async (tx) => {
      if (!(await tryLockReconciliations(tx))) return undefined;
      const newest = await findNewest(tx);
      if (this.#isDue(newest)) await requestReconciliation(tx);
      else if (newest === undefined || newest.tookMs !== null) return undefined;
      return takeUp(tx, this.#lease);
    });
    return number === undefined ? 'idle' : this.#run(number);
  }

  /** Aborted when the node stops. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Ends what is under way: another node takes it up, or the next start. */
  stop(): void {
    this.#stopping.abort(new RunEnded('The node stops'));
  }

  #isDue(newest: Newest | undefined): boolean {
    const { everyMs, againMs } = this.#settings;
    if (newest === undefined) return performance.now() - this.#startedAt > everyMs;
    const { state, ageMs, tookMs } = newest;
    if (state === 'failed') return ageMs > againMs;
    return state === 'done' && ageMs > Math.max(everyMs, REST * (tookMs ?? 0));
  }

  async #run(number: number): Promise<'done' | 'failed' | 'lost'> {
    const ending = new AbortController();
    const end = () => ending.abort(this.#stopping.signal.reason);
    this.#stopping.signal.addEventListener('abort', end, { once: true });
    if (this.#stopping.signal.aborted) end();
    const { withinMs } = this.#settings;
    const late = new Problem('service_unavailable', `It took longer than ${withinMs} ms`);
    const limit = setTimeout(() => ending.abort(late), withinMs);
    const renewing = setInterval(() => void this.#renew(number, ending), LEASE_MS / 3);
    try {
      const result = await this.#options.reconcile(endingWith(this.#options.ask, ending.signal));
      return (await this.#finish(number, { result })) ? this.#told(number, result) : 'lost';
    } catch (error) {
      if (this.#stopping.signal.aborted) await this.#giveBack(number);
      if (error instanceof RunEnded) return 'lost';
      return (await this.#finish(number, { reason: this.#explain(number, error) })) ? 'failed' : 'lost';
    } finally {
      clearInterval(renewing);
      clearTimeout(limit);
      this.#stopping.signal.removeEventListener('abort', end);
    }
  }

  #finish(number: number, outcome: Parameters<typeof finish>[3]): Promise<boolean> {
    return this.#options.database.inTransaction((tx) => finish(tx, number, this.#lease, outcome));
  }

  #giveBack(number: number): Promise<void> {
    return this.#options.database.inTransaction((tx) => giveBack(tx, number, this.#lease));
  }

  async #renew(number: number, ending: AbortController): Promise<void> {
    try {
      const { database } = this.#options;
      const ours = await database.inTransaction((tx) => renewLease(tx, number, this.#lease));
      if (!ours) ending.abort(new RunEnded('Another node has taken it up'));
    } catch (error) {
      this.#options.log.warn(`The lease of reconciliation ${number} could not be renewed: ${String(error)}`);
    }
  }

  /** What may be told outside of the log. */
  #explain(number: number, error: unknown): string {
    const { log } = this.#options;
    if (error instanceof Error && isProblem(error, 'service_unavailable')) {
      log.warn(`Reconciliation ${number} could not be done: ${error.message}`);
      return error.message;
    }
    // The stack alone: other fields of a driver's error may hold what a client sent.
    const stack = error instanceof Error ? error.stack : String(error);
    log.error(`Reconciliation ${number} could not be done: ${stack}`);
    return BUG;
  }

  /** The alarm. */
  #told(number: number, { differences, more }: Result): 'done' {
    if (differences.length === 0) return 'done';
    const lines = differences.map(({ code, message }) => `\n  ${code}: ${message}`);
    const rest = more > 0 ? `\n  and ${more} more` : '';
    const count = differences.length + more;
    this.#options.log.error(`Reconciliation ${number} found ${count} differences:${lines.join('')}${rest}`);
    return 'done';
  }
}

/** As `ask`, until the signal ends it: then it throws the signal's reason at once. */
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

/**
 * The result of a reconciliation that began after the request, or of the one that an earlier request was told to come again for. Throws
 * `service_unavailable` where it could not be done, or is not done in time: never an older result.
 */
export async function answerReconciliation(
  database: Database,
  onRequested: () => void,
  stopping: AbortSignal,
  waitMs = WAIT_MS,
): Promise<ReconciliationAnswer> {
  const number = await database.inTransaction(
    async (tx) => (await findAwaited(tx)) ?? (await requestReconciliation(tx)),
  );
  onRequested();
  const waitUntil = performance.now() + waitMs;
  while (performance.now() < waitUntil && !stopping.aborted) {
    const found = await database.inTransaction((tx) => collectReconciliation(tx, number));
    if (found !== undefined && found.endedAt !== null) return answerOf(found);
    await delay(LOOK_MS);
  }
  await database.inTransaction((tx) => markAwaited(tx, number));
  throw unavailable('The reconciliation takes longer; come again for its result');
}

function unavailable(detail: string): Problem {
  return new Problem('service_unavailable', detail, { retryAfter: RETRY_AFTER_SECONDS });
}

function answerOf({ result, reason, beganAt }: Reconciliation): ReconciliationAnswer {
  if (result === null || beganAt === null)
    throw unavailable(reason ?? 'The reconciliation could not be done');
  return { consistent: result.differences.length === 0, checkedAt: beganAt.toISOString(), ...result };
}

/** For the command: a reconciliation that begins from now on, and how it stands. */
export function startReconciliation(database: Database): Promise<number> {
  return database.inTransaction(requestReconciliation);
}

/** Throws `not_found` for one that never was, or is long gone. */
export async function reconciliationStatus(database: Database, number: number): Promise<Reconciliation> {
  const found = await database.inTransaction((tx) => findReconciliation(tx, number));
  if (found === undefined) throw new Problem('not_found');
  return found;
}
