/**
 * Lets a few sign-ins or hashes run at a time and a bounded number wait, and not for ever. Turns go round the networks, and within a network
 * round its accounts, so that a flood from one of them delays the others by one turn each. Pure: the clock is passed in.
 */
import { Problem } from '#schemas/errors.ts';

/** What is allowed. */
interface TurnLimits {
  readonly maxRunning: number;
  /** Further work is refused while so much waits. */
  readonly maxWaiting: number;
  /** Likewise of one network. */
  readonly maxWaitingOfNetwork: number;
  /** Work whose turn comes later than this, in milliseconds, is refused. */
  readonly maxWaitMs: number;
}

const WAITING = {
  /** A bound for memory; the time is what matters. */
  maxWaiting: 1_000,
  /** Others find a place. */
  maxWaitingOfNetwork: 500,
  /** Whoever asks gives up after the 5 s that a call may take: what comes later would be done for nobody. */
  maxWaitMs: 4_000,
};

/** For whom work is done. */
export interface Turn {
  readonly network: string;
  readonly account: string;
}

/** The waiting work of one network by account; whose turn comes next stands first. */
type Accounts = Map<string, (() => void)[]>;

/** See above. */
export class FairTurns {
  readonly #limits: TurnLimits;
  readonly #now: () => number;
  /** By network; the one whose turn comes next stands first. */
  readonly #waiting = new Map<string, Accounts>();
  #free: number;

  /** `now` gives milliseconds of any clock that never goes back. */
  constructor(limits: Pick<TurnLimits, 'maxRunning'> & Partial<TurnLimits>, now = () => performance.now()) {
    this.#limits = { ...WAITING, ...limits };
    this.#now = now;
    this.#free = limits.maxRunning;
  }

  /** Runs `work` when its turn comes. Throws `service_unavailable` at once when too many wait, and when the turn comes too late. */
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

  /** Takes the next work that waits; its network and its account go to the end of their rounds. */
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
