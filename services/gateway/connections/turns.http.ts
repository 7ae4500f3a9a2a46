/** Limits the concurrent expensive requests of each user; further ones wait in order. */
import type { ServerResponse } from 'node:http';
import { KeyedTurns } from '#mixins/turns.ts';
import { Problem } from '#schemas/errors.ts';
import { ClientGone } from '../requests/body.http.ts';

/** The limits of each user on a node. */
export interface TurnLimits {
  readonly atOnce: number;
  /** A request whose turn does not come within this time is refused, in milliseconds. */
  readonly waitMs: number;
}

/** Text searches and CSV answers. */
const LONG_READS: TurnLimits = { atOnce: 4, waitMs: 3_000 };
/** Seconds after which a refused client may retry. */
const RETRY_AFTER_SECONDS = 1;

/** Kept in memory: each gateway has its own. */
export class UserTurns {
  readonly #turns: KeyedTurns;
  readonly #waitMs: number;

  constructor({ atOnce, waitMs }: TurnLimits = LONG_READS) {
    this.#turns = new KeyedTurns(atOnce);
    this.#waitMs = waitMs;
  }

  /** The number of users with running or waiting requests. */
  get users(): number {
    return this.#turns.size;
  }

  /**
   * Runs `work` for a user when their turn comes. Throws `too_many_requests` when that takes too
   * long, and `ClientGone` when the client disconnects before. If it disconnects later, its turn
   * ends as soon as `work` ends.
   */
  async run<Result>(userId: string, res: ServerResponse, work: () => Promise<Result>): Promise<Result> {
    const gone = new AbortController();
    const leave = () => gone.abort();
    if (res.closed || res.destroyed) leave();
    else res.once('close', leave);
    const release = await this.#turns.take(userId, { waitMs: this.#waitMs, signal: gone.signal });
    res.off('close', leave);
    if (release === undefined) throw gone.signal.aborted ? new ClientGone() : tooMany();
    try {
      return await work();
    } finally {
      release();
    }
  }
}

function tooMany(): Problem {
  const text = 'You have reached the limit of concurrent searches and CSV answers';
  return new Problem('too_many_requests', text, { retryAfter: RETRY_AFTER_SECONDS });
}
