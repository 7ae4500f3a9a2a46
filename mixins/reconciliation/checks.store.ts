/** Makes a check of SQL that finds what is wrong. */
import { type Difference, MAX_CHECK_NAMED } from '#schemas/reconciliation.ts';
import type { Check } from './participant.ts';

export interface CheckSql {
  /**
   * Common table expressions. They define `wrong`, which has a `code`, and with `next` also `step`,
   * which has the rows to check behind `$1`.
   */
  readonly parts: string;
  /** The columns that sort `wrong`. */
  readonly order: string;
  /** Selects where the next step begins; null: this was the last. Default: one step finds all. */
  readonly next?: string;
}

/** A row of `wrong`. */
interface WrongRow {
  readonly code: string;
  readonly [column: string]: unknown;
}

interface Found<Wrong> {
  readonly wrong: readonly Wrong[] | null;
  readonly counts: Readonly<Record<string, number>> | null;
  readonly next: string | null;
}

/** `describe` gives the message and the data of a difference, whose code is that of the row. */
export function checkOf<Wrong extends { readonly code: string } = WrongRow>(
  { parts, order, next }: CheckSql,
  describe: (wrong: Wrong) => Omit<Difference, 'code'> & { readonly message: string },
): Check {
  return async (tx, after) => {
    const [found] = await tx.rows<Found<Wrong>>(
      `WITH ${parts}
       SELECT (SELECT json_agg(wrong ORDER BY number) FROM (
           SELECT wrong, row_number() OVER (PARTITION BY code ORDER BY ${order}) AS place,
             row_number() OVER (ORDER BY ${order}) AS number
           FROM wrong
         ) AS named WHERE place <= ${MAX_CHECK_NAMED}) AS wrong,
         (SELECT json_object_agg(code, found) FROM (SELECT code, count(*) AS found FROM wrong GROUP BY code) AS kind) AS counts,
         (${next ?? 'NULL::text'}) AS next`,
      next === undefined ? [] : [after],
    );
    return {
      differences: (found?.wrong ?? []).map((wrong) => ({ code: wrong.code, ...describe(wrong) })),
      counts: found?.counts ?? {},
      next: found?.next ?? null,
    };
  };
}
