/**
 * The differences that a reconciliation has found (ANA-6): it counts all, and names some of each
 * kind.
 */
import type { ActionAnswer } from '#schemas/action.ts';
import type reconcileAction from '#schemas/actions/reconciliation/reconcile.ts';
import type { CheckPage, Difference } from '#schemas/reconciliation.ts';

/** Most differences of one kind that the result names. */
const MAX_NAMED = 50;

export type Result = Omit<ActionAnswer<typeof reconcileAction>, 'consistent' | 'checkedAt'>;

export class Findings {
  readonly #named = new Map<string, Difference[]>();
  readonly #counts = new Map<string, number>();

  add(difference: Difference): void {
    this.#name(difference);
    this.#count(difference.code, 1);
  }

  /** Adds the differences of a step of a check. It names at most as many of a kind. */
  addStep({ differences, counts }: Pick<CheckPage, 'differences' | 'counts'>): void {
    for (const difference of differences) this.#name(difference);
    for (const [code, count] of Object.entries(counts)) this.#count(code, count);
  }

  get result(): Result {
    const differences = [...this.#named.values()].flat();
    const found = [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    return { differences, more: found - differences.length, counts: Object.fromEntries(this.#counts) };
  }

  #name(difference: Difference): void {
    const named = this.#named.get(difference.code) ?? [];
    this.#named.set(difference.code, named);
    if (named.length < MAX_NAMED) named.push(difference);
  }

  #count(code: string, count: number): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + count);
  }
}
