/** What the metrics show of the reconciliation, and so of the invariants of the books. */
import type { Database } from '#mixins/database/database.ts';
import type { MetricSource, Sample } from '#mixins/metrics/metrics.ts';
import type { Plan } from './plan.ts';
import { findNewestResult } from './reconciliation.store.ts';

type Name =
  | 'reconciliation_age_seconds'
  | 'reconciliation_differences'
  | 'reconciliation_failed_parts'
  | 'invariant_violations';

/**
 * They come from the newest reconciliation, so reading them costs the same however much there is.
 */
export function reconciliationMetrics(database: Database, { invariants }: Plan): MetricSource<Name> {
  const names = [...new Set(invariants.values())];
  return {
    name: 'reconciliation-results',
    labels: ['invariant'],
    metrics: {
      reconciliation_age_seconds: {
        type: 'gauge',
        help: 'Since the newest reconciliation with a result began',
      },
      reconciliation_differences: { type: 'gauge', help: 'Differences that it found' },
      reconciliation_failed_parts: { type: 'gauge', help: 'Comparisons and checks that it could not do' },
      invariant_violations: {
        type: 'gauge',
        help: 'Differences that break an invariant, as far as the reconciliation could be done',
      },
    },
    async read(): Promise<Sample<Name>[]> {
      const newest = await findNewestResult(database.newest);
      if (newest === undefined) return [];
      const { counts, ageSeconds } = newest;
      const countOf = (isMeant: (code: string) => boolean) =>
        Object.entries(counts).reduce((sum, [code, count]) => sum + (isMeant(code) ? count : 0), 0);
      return [
        {
          values: {
            reconciliation_age_seconds: ageSeconds,
            reconciliation_differences: countOf(() => true),
            reconciliation_failed_parts: countOf((code) => code === 'part_failed'),
          },
        },
        ...names.map((invariant) => ({
          labels: { invariant },
          values: { invariant_violations: countOf((code) => invariants.get(code) === invariant) },
        })),
      ];
    },
  };
}
