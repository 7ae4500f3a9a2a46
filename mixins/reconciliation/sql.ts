/**
 * SQL fragments for facts. They need a relation `range (low, high, at)`, whose columns are text,
 * text and a timestamp.
 */

/**
 * How long due work may wait before it is a difference. Younger work may still be under way, or its
 * loop delayed for a moment. Its difference would come and go between reconciliations.
 */
export const GRACE = "interval '5 minutes'";

/** The version of facts that never change. */
export const UNVERSIONED = 'NULL::bigint';
/** For facts without further data. */
export const NO_EXTRA = 'NULL::json';

export const LOWEST_UUID = '00000000-0000-0000-0000-000000000000';
export const HIGHEST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** Matches a UUID in PostgreSQL's form, as `substr` takes it from a text. */
export const UUID_FORM = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

/** The condition for groups that are UUIDs in this column. */
export function uuidsIn(column: string): string {
  return `${column} >= coalesce(range.low::uuid, '${LOWEST_UUID}') AND ${column} < coalesce(range.high::uuid, '${HIGHEST_UUID}')`;
}

/** The condition for groups that are days in this column. */
export function daysIn(column: string): string {
  const day = `${dayText(column)} COLLATE "C"`;
  return `${day} >= coalesce(range.low, '') AND ${day} < coalesce(range.high, '~')`;
}

/** A date as `YYYY-MM-DD`, in any session style. */
export function dayText(column: string): string {
  return `to_char(${column}, 'YYYY-MM-DD')`;
}

/**
 * The cut. Later facts are left out by both services, at the same time, because they may be under
 * way. A time more than an hour after the cut cannot be genuine, because no reconciliation takes
 * that long. So it does not hide a fact.
 */
export function cutAt(column: string): string {
  return `(range.at IS NULL OR ${column} IS NULL OR ${column} <= range.at OR ${column} > range.at + interval '1 hour')`;
}

/**
 * Bounds for groups `<type> <uuid> <day> <sequence>`. The last two parts, or all, may be missing.
 * The columns are `low_type`, `low_id`, `low_day`, `low_sequence`, and the same with `high_`.
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
