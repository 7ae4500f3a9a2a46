/** How late a replica is, by positions in the primary's journal. Pure. */

interface Sample {
  readonly position: number;
  /** Milliseconds. */
  readonly at: number;
}

/** The most positions that are kept. At one a second, they cover more than the allowed lag. */
const MAX_SAMPLES = 64;

/**
 * The replica's own clock can't show its lag. A replica that lost its primary seems up to date, and
 * one whose primary is idle seems late.
 */
export class Lag {
  /** Positions that are not replayed yet, the oldest first. */
  readonly #ahead: Sample[] = [];
  #replayed = 0;
  #isFirst = true;

  /**
   * The primary's journal had reached `position` by now. The age of entries found by the first read
   * is unknown.
   */
  wrote(position: number, now: number): void {
    const at = this.#isFirst ? Number.NEGATIVE_INFINITY : now;
    this.#isFirst = false;
    // After a failover, the new primary's journal may begin at a lower position.
    while ((this.#ahead.at(-1)?.position ?? 0) > position) this.#ahead.pop();
    if (position <= (this.#ahead.at(-1)?.position ?? this.#replayed)) return;
    this.#ahead.push({ position, at });
    // The oldest sample gives the lag. The one after it is the least useful.
    if (this.#ahead.length > MAX_SAMPLES) this.#ahead.splice(1, 1);
  }

  /** The replica has replayed the journal up to `position`. */
  replayed(position: number): void {
    this.#replayed = position;
    while ((this.#ahead[0]?.position ?? Number.POSITIVE_INFINITY) <= position) this.#ahead.shift();
  }

  /**
   * The age of the oldest known write of the primary that the replica has not replayed, in
   * milliseconds. 0 when it has replayed all.
   */
  at(now: number): number {
    const [oldest] = this.#ahead;
    return oldest === undefined ? 0 : now - oldest.at;
  }
}
