/** A few at a time of each user, and further ones in turn: for requests that cost the services more than others. */
import type { ServerResponse } from 'node:http';
import { KeyedTurns } from '#mixins/turns.ts';
import { Problem } from '#schemas/errors.ts';
import { ClientGone } from '../requests/body.ts';

/** Bounds of each user on a node. */
export interface TurnLimits {
  readonly atOnce: number;
  /** Whose turn does not come within this time is refused, in milliseconds. */
  readonly waitMs: number;
}

/** Text searches and CSV answers. */
const LONG_READS: TurnLimits = { atOnce: 4, waitMs: 3_000 };
/** Seconds after which to ask again. */
const RETRY_AFTER_SECONDS = 1;

/** See above. In memory: each gateway has its own. */
export class UserTurns {
  readonly #turns: KeyedTurns;
  readonly #waitMs: number;

  constructor({ atOnce, waitMs }: TurnLimits = LONG_READS) {
    this.#turns = new KeyedTurns(atOnce);
    this.#waitMs = waitMs;
  }

  /** Who has or awaits a turn. */
  get users(): number {
    return this.#turns.size;
  }

  /**
   * Runs `work` for a user when their turn comes. Throws `too_many_requests` where that takes too long, `ClientGone` where the client went away
   * before. A client that goes away later frees its place as soon as `work` has noticed.
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
  const text = 'You have as many searches and CSV answers running as you may';
  return new Problem('too_many_requests', text, { retryAfter: RETRY_AFTER_SECONDS });
}
