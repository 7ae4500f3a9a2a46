/** Makes a check of SQL that finds what is wrong. */
import { type Difference, MAX_CHECK_NAMED } from '#schemas/reconciliation.ts';
import type { Check } from './participant.ts';

export interface CheckSql {
  /**
   * Common table expressions. They define `step`, which has the rows to check behind `$1`, and
   * `wrong`, which has a `code`.
   */
  readonly parts: string;
  /** The columns that sort `wrong`. */
  readonly order: string;
  /** Selects where the next step begins; null: this was the last. */
  readonly next: string;
}

interface Found<Wrong> {
  readonly wrong: readonly Wrong[] | null;
  readonly counts: Readonly<Record<string, number>> | null;
  readonly next: string | null;
}

/** `differenceOf` is given rows of `wrong`. */
export function checkOf<Wrong>(
  { parts, order, next }: CheckSql,
  differenceOf: (wrong: Wrong) => Difference,
): Check {
  return async (tx, after) => {
    const [found] = await tx.rows<Found<Wrong>>(
      `WITH ${parts}
       SELECT (SELECT json_agg(to_jsonb(named) - 'place' ORDER BY ${order}) FROM (
           SELECT *, row_number() OVER (PARTITION BY code ORDER BY ${order}) AS place FROM wrong
         ) AS named WHERE place <= ${MAX_CHECK_NAMED}) AS wrong,
         (SELECT json_object_agg(code, found) FROM (SELECT code, count(*) AS found FROM wrong GROUP BY code) AS kind) AS counts,
         (${next}) AS next`,
      [after],
    );
    return {
      differences: (found?.wrong ?? []).map(differenceOf),
      counts: found?.counts ?? {},
      next: found?.next ?? null,
    };
  };
}
