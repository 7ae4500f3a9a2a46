/** What the newest reconciliation found, for `npm run status`. */
import type { Database } from '#mixins/database/database.ts';
import { type Condition, durationText } from '#mixins/status/condition.ts';
import { findNewestResult } from './reconciliation.store.ts';

/** As in the alert AtesReconciliationOld, in seconds. */
const FRESH_FOR_SECONDS = 6 * 3_600;

export async function conditionOfReconciliation(database: Database): Promise<Condition> {
  const newest = await findNewestResult(database.newest);
  // A new system makes its first one within minutes.
  if (newest === undefined) return { troubles: [], figures: { 'last reconciled': 'never yet' } };
  const { part_failed: failed = 0, ...counts } = newest.counts;
  const differences = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const troubles = [];
  if (differences > 0) troubles.push(`The books differ in ${differences} places. See: reconcile`);
  if (failed > 0) troubles.push(`${failed} parts of the reconciliation could not be done. See: reconcile`);
  if (newest.ageSeconds > FRESH_FOR_SECONDS)
    troubles.push(
      `The last reconciliation is ${durationText(newest.ageSeconds)} old. See: loops reconciliation`,
    );
  return {
    troubles,
    figures: {
      'last reconciled': `${durationText(newest.ageSeconds)} ago`,
      differences: String(differences),
    },
  };
}
