/**
 * Pages of lines for the reconciliation. Each has about the same number of lines, however they are
 * spread over accounts.
 */
import type { Tx } from '#mixins/database/database.ts';
import { LINE_BOUNDS, lineGroup } from '#mixins/reconciliation/sql.ts';

/** Maximum number of accounts of a page. */
const MAX_ACCOUNTS = 1_000;

interface Candidate {
  readonly accountId: number;
  readonly owner: string;
  /** The number of the account's lines, taken from its newest line. */
  readonly lines: number;
}

/**
 * The start of the page after `low`: the first line beyond `limit` lines. If that line is in a
 * later account, the result is the account.
 */
export async function nextLine(tx: Tx, low: string | null, limit: number): Promise<string | null> {
  const accounts = await accountsFrom(tx, low);
  const [first] = accounts;
  if (first === undefined) return null;
  const within = await lineWithin(tx, first.accountId, low, limit);
  if (within !== null) return within;
  let lines = 0;
  for (const [index, { owner, lines: more }] of accounts.entries()) {
    lines += more;
    if (index > 0 && (lines > limit || index === MAX_ACCOUNTS)) return owner;
  }
  return null;
}

/** The account of `low` and those after it. */
function accountsFrom(tx: Tx, low: string | null): Promise<Candidate[]> {
  return tx.rows<Candidate>(
    `SELECT candidate.id AS "accountId", owner_type || ' ' || owner_id AS owner, coalesce(newest.account_sequence, 0) AS lines
     FROM (
       SELECT account.* FROM (SELECT $1::text AS low, NULL::text AS high) AS range CROSS JOIN ${LINE_BOUNDS} CROSS JOIN account
       WHERE balance IS NOT NULL AND (owner_type, owner_id) >= (low_type, low_id) ORDER BY owner_type, owner_id LIMIT $2
     ) AS candidate LEFT JOIN LATERAL (
       SELECT account_sequence FROM entry WHERE account_id = candidate.id AND account_sequence IS NOT NULL
       ORDER BY business_day DESC, account_sequence DESC LIMIT 1
     ) AS newest ON true
     ORDER BY owner_type, owner_id`,
    [low, MAX_ACCOUNTS + 1],
  );
}

/** The line of this account that is `limit` lines after `low`; null if there is none. */
async function lineWithin(
  tx: Tx,
  accountId: number,
  low: string | null,
  limit: number,
): Promise<string | null> {
  const [line] = await tx.rows<{ key: string }>(
    `SELECT ${lineGroup('owner_type', 'owner_id', 'entry.business_day', 'account_sequence')} AS key
     FROM (SELECT $1::text AS low, NULL::text AS high) AS range CROSS JOIN ${LINE_BOUNDS} CROSS JOIN account
     JOIN entry ON entry.account_id = account.id AND account_sequence IS NOT NULL
       AND (entry.business_day, account_sequence) >= (
         CASE WHEN (owner_type, owner_id) = (low_type, low_id) THEN low_day ELSE '-infinity' END,
         CASE WHEN (owner_type, owner_id) = (low_type, low_id) THEN low_sequence ELSE 0 END
       )
     WHERE account.id = $2 ORDER BY entry.business_day, account_sequence OFFSET $3 LIMIT 1`,
    [low, accountId, limit],
  );
  return line?.key ?? null;
}
