/** Reads facts and their checksums by the SQL of a set. */
import type { Database, Tx } from '#mixins/database/database.ts';
import {
  type Fact,
  type FactChecksum,
  type FactList,
  type GroupRange,
  MAX_FACTS,
} from '#schemas/reconciliation.ts';
import type { FactSet } from './participant.ts';

export interface FactSql {
  /**
   * Selects the rows `grp`, `key`, `version`, `value`, `extra` of one `range (low, high, at)`, in
   * any order.
   */
  readonly facts: string;
  /**
   * Selects `key`, `version`, `value` for the checksum, if that is not computed from the facts
   * themselves.
   */
  readonly checksum?: string;
  /**
   * Selects `high`: the first group after a page of $2 facts from the group $1 on. Default: the set
   * has no pages.
   */
  readonly boundary?: string;
}

/**
 * The weight of a fact in a checksum. It is portable, because services may have different servers.
 */
const WEIGHT = `('x' || left(md5(concat_ws(' ', key, version, value)), 15))::bit(60)::bigint`;

/**
 * A transaction whose statements must use indexes. With the statistics of a table that has just
 * grown, or is far longer than a page, each page would read the whole table.
 */
export function reading<Result>(database: Database, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return database.inTransaction(async (tx) => {
    await tx.rows(
      `SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
         set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true)`,
    );
    return work(tx);
  });
}

/** The set of facts of this SQL. `boundary` throws if the SQL has none. */
export function factSet({ facts, checksum = facts, boundary }: FactSql): FactSet {
  return {
    async boundary(tx, low, limit) {
      if (boundary === undefined) throw new Error('These facts have no pages of their own');
      const [row] = await tx.rows<{ high: string | null }>(boundary, [low, limit]);
      return row?.high ?? null;
    },
    async checksum(tx, { low, high }, at) {
      const [row] = await tx.rows<FactChecksum>(
        `SELECT count(*) AS count, coalesce(sum(${WEIGHT}), 0)::text AS sum
         FROM (SELECT $1::text AS low, $2::text AS high, $3::timestamptz AS at) AS range CROSS JOIN LATERAL (${checksum}) AS fact`,
        [low, high, at],
      );
      if (row === undefined) throw new Error('One row was expected');
      return row;
    },
    facts: (tx, ranges, at) => readFacts(tx, facts, ranges, at),
  };
}

async function readFacts(
  tx: Tx,
  sql: string,
  ranges: readonly GroupRange[],
  at: string | null,
): Promise<FactList> {
  // OFFSET 0 makes PostgreSQL look up each range separately. A join compared each range with all
  // rows while the statistics were outdated (measured).
  const selected = `SELECT grp AS "group", key, version, value, extra
    FROM unnest($1::text[], $2::text[]) AS bounds (low, high)
    CROSS JOIN LATERAL (SELECT bounds.low, bounds.high, $3::timestamptz AS at) AS range CROSS JOIN LATERAL (${sql} OFFSET 0) AS fact`;
  const bind = [ranges.map(({ low }) => low), ranges.map(({ high }) => high), at];
  const order = 'ORDER BY grp COLLATE "C", key COLLATE "C", value COLLATE "C"';
  const rows = await tx.rows<Fact>(`${selected} ${order} LIMIT $4`, [...bind, MAX_FACTS + 1]);
  const next = rows[MAX_FACTS]?.group ?? null;
  const whole = next === null ? rows : rows.filter(({ group }) => group !== next);
  if (next === null || whole.length > 0) return { facts: whole, next };
  // One group alone exceeds the limit of an answer. It is returned completely, because halves of it
  // could not be compared.
  const [after] = await tx.rows<Fact>(`${selected} WHERE grp COLLATE "C" > $4 ${order} LIMIT 1`, [
    ...bind,
    next,
  ]);
  return {
    facts: await tx.rows<Fact>(`${selected} WHERE grp = $4 ${order}`, [...bind, next]),
    next: after?.group ?? null,
  };
}
