/**
 * What a reconciliation compares, in which order (ANA-6): what the services of a product declare.
 */
import type { Comparison } from '#schemas/comparison.ts';
import { loadProductComparisons } from '#schemas/load.ts';
import type { Product } from '../../product.ts';
import { codesOf } from './difference.ts';

/** Events of one service, and the services at which they are waited for. */
export interface Arrival {
  readonly from: string;
  readonly at: readonly string[];
}

export interface Plan {
  /**
   * The service whose database's clock determines when the reconciliation began. Its events are
   * awaited first.
   */
  readonly clock: string;
  /** The events that must arrive before the comparisons begin, in this order. */
  readonly arrivals: readonly Arrival[];
  readonly comparisons: readonly Comparison[];
  /** The checks of the services' own tables. */
  readonly checks: readonly { readonly service: string; readonly check: string }[];
  /** The invariants that the metrics name, by the codes of the differences that break them. */
  readonly invariants: ReadonlyMap<string, string>;
}

export async function loadPlan(product: Product): Promise<Plan> {
  const { comparisons, checks } = await loadProductComparisons(product);
  const arrivals = arrivalsOf(comparisons);
  const [first] = arrivals;
  if (first === undefined) throw new Error(`${product.title} has no comparison in schemas/comparisons/`);
  return {
    clock: first.from,
    arrivals,
    comparisons: arrivals.flatMap(({ from }) => comparisons.filter(({ left }) => left === from)),
    invariants: new Map([
      ...comparisons.flatMap(({ name, invariant }) =>
        invariant === undefined ? [] : codesOf(name).map((code): [string, string] => [code, invariant]),
      ),
      ...checks.flatMap(({ invariants = {} }) => Object.entries(invariants)),
    ]),
    checks: checks.flatMap(({ service, checks: names }) => names.map((check) => ({ service, check }))),
  };
}

/**
 * Sorts each service after those whose events it handles, because its own events depend on them. In
 * a circle of services any one comes first; then more facts are read a second time.
 */
export function arrivalsOf(comparisons: readonly Pick<Comparison, 'left' | 'right'>[]): Arrival[] {
  const isFirst = (service: string) => comparisons.every(({ right }) => right !== service);
  const from = (comparisons.find(({ left }) => isFirst(left)) ?? comparisons[0])?.left;
  if (from === undefined) return [];
  const ofFirst = comparisons.filter(({ left }) => left === from);
  const at = [...new Set(ofFirst.map(({ right }) => right))].sort();
  return [{ from, at }, ...arrivalsOf(comparisons.filter(({ left }) => left !== from))];
}
