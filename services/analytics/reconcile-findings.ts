/** What a reconciliation has found so far (ANA-6): of each kind so many are named, and all are counted. */
import type { Difference } from '../../schemas/reconciliation.ts';

/** Differences of one kind that are named; of more it is told how many there are. */
const MAX_NAMED = 50;

export interface Result {
  readonly differences: readonly Difference[];
  /** Found and not named. */
  readonly more: number;
  /** How many of each kind were found. */
  readonly counts: Readonly<Record<string, number>>;
}

export class Findings {
  readonly #named = new Map<string, Difference[]>();
  readonly #counts = new Map<string, number>();
  #unnamed = 0;

  add(difference: Difference): void {
    const { code } = difference;
    const named = this.#named.get(code) ?? [];
    this.#named.set(code, named);
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
    if (named.length < MAX_NAMED) named.push(difference);
    else this.#unnamed += 1;
  }

  /** What was found, and not named, by who names as many of a kind as we do. */
  addUnnamed(count: number): void {
    this.#unnamed += count;
  }

  get result(): Result {
    return {
      differences: [...this.#named.values()].flat(),
      more: this.#unnamed,
      counts: Object.fromEntries(this.#counts),
    };
  }
}
