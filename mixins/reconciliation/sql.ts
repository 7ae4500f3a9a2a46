/** Pieces of the SQL that tells facts. It stands beside a relation `range (low, high, at)`, whose columns are text, text and a time. */

/**
 * How long work that is due may wait before it counts as a difference. Younger work may just be under way, or its loop held up for a moment:
 * named at once, it would come and go from one reconciliation to the next.
 */
export const GRACE = "interval '5 minutes'";

/** For facts that never change: they have no version. */
export const UNVERSIONED = 'NULL::bigint';
/** For facts of which there is no more to tell. */
export const NO_EXTRA = 'NULL::json';

export const LOWEST_UUID = '00000000-0000-0000-0000-000000000000';
export const HIGHEST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** What `substr` gives of a text is a UUID as PostgreSQL writes it. */
export const UUID_FORM = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

/** Groups are UUIDs, in this column. */
export function uuidsIn(column: string): string {
  return `${column} >= coalesce(range.low::uuid, '${LOWEST_UUID}') AND ${column} < coalesce(range.high::uuid, '${HIGHEST_UUID}')`;
}

/** Groups are days, in this column. */
export function daysIn(column: string): string {
  const day = `${dayText(column)} COLLATE "C"`;
  return `${day} >= coalesce(range.low, '') AND ${day} < coalesce(range.high, '~')`;
}

/** A date as `YYYY-MM-DD`, whatever the session's style. */
export function dayText(column: string): string {
  return `to_char(${column}, 'YYYY-MM-DD')`;
}

/**
 * The cut: facts that came about after it are left out on both sides, by the same time on both, as they may be on their way. Beyond an hour,
 * which no reconciliation lasts, a time is no time at which anything came about, and does not hide a fact.
 */
export function cutAt(column: string): string {
  return `(range.at IS NULL OR ${column} IS NULL OR ${column} <= range.at OR ${column} > range.at + interval '1 hour')`;
}

/**
 * For groups `<type> <uuid> <day> <sequence>`, of which the last two or all parts may be missing: columns `low_type`, `low_id`, `low_day`,
 * `low_sequence` and likewise `high_…`.
 */
export const LINE_BOUNDS = `LATERAL (SELECT
  coalesce(split_part(range.low, ' ', 1), '') COLLATE "C" AS low_type,
  coalesce(split_part(range.low, ' ', 2)::uuid, '${LOWEST_UUID}') AS low_id,
  coalesce(nullif(split_part(range.low, ' ', 3), '')::date, '-infinity') AS low_day,
  coalesce(nullif(split_part(range.low, ' ', 4), '')::bigint, 0) AS low_sequence,
  coalesce(split_part(range.high, ' ', 1), '~') COLLATE "C" AS high_type,
  coalesce(split_part(range.high, ' ', 2)::uuid, '${HIGHEST_UUID}') AS high_id,
  coalesce(nullif(split_part(range.high, ' ', 3), '')::date, '-infinity') AS high_day,
  coalesce(nullif(split_part(range.high, ' ', 4), '')::bigint, 0) AS high_sequence
) AS bound`;

/** The group of a line. */
export function lineGroup(type: string, id: string, day: string, sequence: string): string {
  return `${type} || ' ' || ${id} || ' ' || ${dayText(day)} || ' ' || lpad(${sequence}::text, 12, '0')`;
}
