/** A few at a time of each user, and further ones in turn: for requests that cost the services more than others. */
import type { ServerResponse } from 'node:http';
import { Problem } from '../../schemas/errors.ts';
import { ClientGone } from './body.ts';

/** Bounds of each user on a node. */
export interface TurnLimits {
  readonly atOnce: number;
  /** Whose turn does not come within this time is refused, in milliseconds. */
  readonly waitMs: number;
}

/** Text searches and CSV answers. */
export const LONG_READS: TurnLimits = { atOnce: 4, waitMs: 3_000 };
/** Seconds after which to ask again. */
const RETRY_AFTER_SECONDS = 1;

interface Line {
  running: number;
  /** Gives the turn to who waits. */
  readonly waiting: Set<() => void>;
}

/** See above. In memory: each gateway has its own. */
export class Turns {
  readonly #limits: TurnLimits;
  readonly #lines = new Map<string, Line>();

  constructor(limits: TurnLimits = LONG_READS) {
    this.#limits = limits;
  }

  /** Who has or awaits a turn. */
  get users(): number {
    return this.#lines.size;
  }

  /**
   * Runs `work` for a user when their turn comes. Throws `too_many_requests` where that takes too long, `ClientGone` where the client went away
   * before. A client that goes away later frees its place as soon as `work` has noticed.
   */
  async run<Result>(userId: string, res: ServerResponse, work: () => Promise<Result>): Promise<Result> {
    const line = this.#lines.get(userId) ?? { running: 0, waiting: new Set() };
    this.#lines.set(userId, line);
    if (line.running < this.#limits.atOnce) line.running += 1;
    else await this.#wait(line, res);
    try {
      return await work();
    } finally {
      const [next] = line.waiting;
      if (next !== undefined) next();
      else line.running -= 1;
      if (line.running === 0) this.#lines.delete(userId);
    }
  }

  /** Resolves with the place of one who has ended. */
  #wait(line: Line, res: ServerResponse): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        line.waiting.delete(take);
        res.off('close', gone);
      };
      const take = () => {
        leave();
        resolve();
      };
      const gone = () => {
        leave();
        reject(new ClientGone());
      };
      const late = () => {
        leave();
        const text = 'You have as many searches and CSV answers running as you may';
        reject(new Problem('too_many_requests', text, { retryAfter: RETRY_AFTER_SECONDS }));
      };
      const timer = setTimeout(late, this.#limits.waitMs);
      line.waiting.add(take);
      if (res.closed || res.destroyed) gone();
      else res.once('close', gone);
    });
  }
}
