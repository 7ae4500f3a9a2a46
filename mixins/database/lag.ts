/** How far a replica is behind its primary, by positions in the primary's journal. Pure. */

interface Sample {
  readonly position: number;
  /** Milliseconds. */
  readonly at: number;
}

/** Positions that are remembered; with one a second, more than the lag that anybody would bear. */
const MAX_SAMPLES = 64;

/**
 * The replica's own clock can't tell it: one that lost its primary takes itself for up to date, and one whose primary is idle seems to be
 * late.
 */
export class Lag {
  /** Not replayed yet, the oldest first. */
  readonly #ahead: Sample[] = [];
  #replayed = 0;
  #isFirst = true;

  /** The primary's journal had reached `position` by now. Nobody knows how old it is what was there at the first look. */
  wrote(position: number, now: number): void {
    const at = this.#isFirst ? Number.NEGATIVE_INFINITY : now;
    this.#isFirst = false;
    // A primary that took over from another may begin further back.
    while ((this.#ahead.at(-1)?.position ?? 0) > position) this.#ahead.pop();
    if (position <= (this.#ahead.at(-1)?.position ?? this.#replayed)) return;
    this.#ahead.push({ position, at });
    // The oldest tells how late the replica is; those next to it are the least missed.
    if (this.#ahead.length > MAX_SAMPLES) this.#ahead.splice(1, 1);
  }

  /** The replica has replayed the journal up to `position`. */
  replayed(position: number): void {
    this.#replayed = position;
    while ((this.#ahead[0]?.position ?? Number.POSITIVE_INFINITY) <= position) this.#ahead.shift();
  }

  /** For how long the replica has lacked what the primary had written, in milliseconds; 0 when nothing that was noted is missing. */
  at(now: number): number {
    const [oldest] = this.#ahead;
    return oldest === undefined ? 0 : now - oldest.at;
  }
}
