/** The newest reconciliation as clients see it (ANA-6). */
import { array, boolean, nullable, oneOf, record, time } from '#schemas/answers.ts';
import { whole } from '#schemas/params.ts';
import { difference } from '#schemas/reconciliation.ts';

/**
 * `status` is that of the newest reconciliation, `none` before the first one. The other fields are
 * those of the newest one that was done, and null before there is one. Accountants get the verdict:
 * `status`, `consistent` and `checkedAt`; the others are null for them.
 */
export const latestReconciliation = {
  status: oneOf('none', 'waiting', 'running', 'done', 'failed'),
  consistent: nullable(boolean()),
  /** When it began. It covers everything that was committed before. */
  checkedAt: nullable(time()),
  tookMs: nullable(whole(0)),
  /** How many differences of each kind were found. */
  counts: nullable(record(whole(0))),
  differences: nullable(array(difference)),
  /** How many were found and not named. */
  more: nullable(whole(0)),
} as const;
