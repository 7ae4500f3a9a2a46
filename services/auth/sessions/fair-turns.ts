/**
 * Bounds how many sign-ins or hashes run at a time, how many wait, and how long. Turns go round the
 * networks, and within a network round its accounts. A flood from one of them delays the others by
 * one turn each. Pure: the clock is passed in.
 */
import { Problem } from '#schemas/errors.ts';

/** The limits of running and waiting work. */
interface TurnLimits {
  readonly maxRunning: number;
  /** While this much work waits, further work is refused. */
  readonly maxWaiting: number;
  /** The same limit for one network. */
  readonly maxWaitingOfNetwork: number;
  /** Work whose turn comes later than this is refused. */
  readonly maxWaitMs: number;
}

const WAITING = {
  /** Bounds memory; the time limit is the effective one. */
  maxWaiting: 1_000,
  /** The same bound for one network, so that others can still wait. */
  maxWaitingOfNetwork: 500,
  /** Callers give up after 5 s, so later answers would be useless. */
  maxWaitMs: 4_000,
};

/** The network and account that work belongs to. */
export interface Turn {
  readonly network: string;
  readonly account: string;
}

/** The waiting work of one network by account, in the order of turns. */
type Accounts = Map<string, (() => void)[]>;

export class FairTurns {
  readonly #limits: TurnLimits;
  readonly #now: () => number;
  /** By network, in the order of turns. */
  readonly #waiting = new Map<string, Accounts>();
  #free: number;

  /** `now` returns milliseconds of a monotonic clock. */
  constructor(limits: Pick<TurnLimits, 'maxRunning'> & Partial<TurnLimits>, now = () => performance.now()) {
    this.#limits = { ...WAITING, ...limits };
    this.#now = now;
    this.#free = limits.maxRunning;
  }

  /**
   * Runs `work` when its turn comes. Throws `service_unavailable` at once when too many wait, and
   * later when the turn comes too late.
   */
  async run<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
    const from = this.#now();
    if (this.#free > 0) this.#free--;
    else await this.#wait(turn);
    try {
      if (this.#now() - from > this.#limits.maxWaitMs) throw tooMany();
      return await work();
    } finally {
      const next = this.#next();
      if (next === undefined) this.#free++;
      else next();
    }
  }

  async #wait({ network, account }: Turn): Promise<void> {
    const accounts: Accounts = this.#waiting.get(network) ?? new Map();
    const queue = accounts.get(account) ?? [];
    const all = [...this.#waiting.values()].reduce((sum, each) => sum + countOf(each), 0);
    if (all >= this.#limits.maxWaiting || countOf(accounts) >= this.#limits.maxWaitingOfNetwork) {
      throw tooMany();
    }
    this.#waiting.set(network, accounts.set(account, queue));
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  /** Takes the next waiting work. Its network and account move to the end of the order. */
  #next(): (() => void) | undefined {
    const [network, accounts] = firstOf(this.#waiting) ?? [];
    if (network === undefined || accounts === undefined) return undefined;
    const [account, queue] = firstOf(accounts) ?? [];
    if (account === undefined || queue === undefined) return undefined;
    const next = queue.shift();
    accounts.delete(account);
    if (queue.length > 0) accounts.set(account, queue);
    this.#waiting.delete(network);
    if (accounts.size > 0) this.#waiting.set(network, accounts);
    return next;
  }
}

const firstOf = <Key, Value>(map: ReadonlyMap<Key, Value>): [Key, Value] | undefined =>
  map.entries().next().value;
const countOf = (accounts: Accounts): number =>
  [...accounts.values()].reduce((sum, queue) => sum + queue.length, 0);

const tooMany = () =>
  new Problem('service_unavailable', 'Too many sign-ins at the same time', { retryAfter: 1 });
