/** What is wrong with the close of days and the seal, for `npm run status`. */
import type { Database } from '#mixins/database/database.ts';
import { type Condition, durationText } from '#mixins/status/condition.ts';
import { readOpenDay } from './days/day.store.ts';
import { findUnclosed } from './days/day-metrics.query.ts';
import { findUnsealed } from './seal/seal-metrics.query.ts';

/** As in the alerts AtesDayNotClosed and AtesSealBehind, in seconds. */
const CLOSED_WITHIN_SECONDS = 3_600;
const SEALED_WITHIN_SECONDS = 60;

export async function conditionOfBooks(database: Database): Promise<Condition> {
  const [{ day }, unclosed, unsealed] = await Promise.all([
    readOpenDay(database),
    findUnclosed(database),
    findUnsealed(database),
  ]);
  const { days = 0, age: closeAge = 0, left = 0 } = unclosed ?? {};
  const { unsealed: postings = 0, age: sealAge = 0 } = unsealed ?? {};
  const troubles = [];
  if (closeAge > CLOSED_WITHIN_SECONDS)
    troubles.push(
      `A business day ended ${durationText(closeAge)} ago and is not closed: ${left} payouts are left. See: day`,
    );
  if (sealAge > SEALED_WITHIN_SECONDS)
    troubles.push(
      `The seal is behind: ${postings} postings wait, the oldest for ${durationText(sealAge)}. See: loops accounting`,
    );
  return {
    troubles,
    figures: {
      'open day': day ?? 'none yet',
      'days to close': String(days),
      'postings to seal': String(postings),
    },
  };
}
