/** Queries for clients: accounts, their lines and today's figures. */
import type { BusinessDay } from '#mixins/calendar.ts';
import { type Database, prepared, type Reader } from '#mixins/database/database.ts';
import type { ActionParams } from '#schemas/action.ts';
import type accountsAction from '#schemas/actions/accounting/accounts.ts';
import { EMPLOYEE } from '../journal/journal.ts';
import { FEE, REWARD } from '../tasks/task-postings.ts';
import type { AccountItem, AccountPlace } from './account-list.ts';
import type { DayRange, StatementLine } from './statement.ts';
import { IS_KNOWN } from './user-copy.store.ts';

/** Greater than the number of every line. */
const LATEST = '9223372036854775807';

export interface AccountFigures {
  /** Whether a user event or a posting has named the user. */
  readonly known: boolean;
  readonly balance: number;
  /** Fees of the open business day, positive. */
  readonly charged: number;
  /** Rewards of the open business day. */
  readonly earned: number;
}

/**
 * Reads everything in one statement, so that balance and figures are of the same moment. The
 * account's row holds the sums of the day. Only lines that a node of an older release booked are
 * missing there; they are added.
 */
export async function readAccountFigures(database: Database, userId: string): Promise<AccountFigures> {
  const [row] = await database.rows<AccountFigures>(FIGURES, [userId, EMPLOYEE, FEE, REWARD]);
  return row ?? { known: false, balance: 0, charged: 0, earned: 0 };
}

const FIGURES = prepared(
  `SELECT user_copy.id IS NOT NULL AS known, coalesce(account.balance, 0) AS balance,
     (coalesce(kept.charged, 0) + coalesce(others.charged, 0))::bigint AS charged,
     (coalesce(kept.earned, 0) + coalesce(others.earned, 0))::bigint AS earned
   FROM (SELECT $1::uuid AS id) AS owner
   LEFT JOIN user_copy ON user_copy.id = owner.id
   LEFT JOIN account ON account.owner_type = $2 AND account.owner_id = owner.id
   LEFT JOIN business_day ON business_day.ended_at IS NULL
   LEFT JOIN LATERAL (
     SELECT sums_first AS first, sums_last AS last, sums_charged AS charged, sums_earned AS earned
     WHERE sums_day = business_day.day
   ) AS kept ON true
   LEFT JOIN LATERAL (
     SELECT -sum(amount) FILTER (WHERE kind = $3) AS charged, sum(amount) FILTER (WHERE kind = $4) AS earned
     FROM (
       SELECT posting_id, amount FROM entry
       WHERE account_id = account.id AND entry.business_day = business_day.day
         AND account_sequence < coalesce(kept.first, ${LATEST})
       UNION ALL
       SELECT posting_id, amount FROM entry
       WHERE account_id = account.id AND entry.business_day = business_day.day AND account_sequence > kept.last
     ) AS line JOIN posting ON posting.id = posting_id
   ) AS others ON true`,
);

export interface BalanceAt {
  /** Whether a user event or a posting has named the user. */
  readonly known: boolean;
  readonly balance: number;
  /** The time of the database's clock. */
  readonly now: Date;
}

/**
 * The balance after the last line booked by `at`; null means after the last line of all, even if
 * the clock was set back. Times are shown in milliseconds and stored in microseconds, so a line
 * counts from the millisecond that is shown for it.
 *
 * The lines of a day are booked after the day was opened. So the search begins at the newest day
 * open by then, and skips the lines of at most one day.
 */
export async function readBalanceAt(database: Database, userId: string, at: Date | null): Promise<BalanceAt> {
  const [row] = await database.rows<BalanceAt>(
    `SELECT user_copy.id IS NOT NULL AS known, coalesce(line.balance_after, 0) AS balance,
       date_trunc('milliseconds', clock_timestamp()) AS now
     FROM (SELECT $1::uuid AS id, coalesce($2::timestamptz + interval '1 ms', 'infinity') AS until) AS asked
     LEFT JOIN user_copy ON user_copy.id = asked.id
     LEFT JOIN account ON account.owner_type = $3 AND account.owner_id = asked.id
     LEFT JOIN LATERAL (
       SELECT balance_after FROM entry
       WHERE account_id = account.id AND account_sequence IS NOT NULL
         AND entry.business_day <= (SELECT day FROM business_day WHERE opened_at < until ORDER BY day DESC LIMIT 1)
         AND (SELECT posted_at FROM posting WHERE posting.id = posting_id) < until
       ORDER BY entry.business_day DESC, account_sequence DESC LIMIT 1
     ) AS line ON true`,
    [userId, at, EMPLOYEE],
  );
  return row ?? { known: false, balance: 0, now: new Date(Number.NaN) };
}

/** Whether a user event has named the user, or a posting has (the copy is a stub then). */
export async function isNamed(database: Reader, userId: string): Promise<boolean> {
  const rows = await database.rows('SELECT FROM user_copy WHERE id = $1', [userId]);
  return rows.length > 0;
}

/** A line as the database has it, with its number in the account. */
export interface StoredLine extends Omit<StatementLine, 'occurredAt' | 'postedAt'> {
  readonly accountSequence: number;
  readonly occurredAt: Date;
  readonly postedAt: Date;
}

export const LINE_COLUMNS = `public_id AS id, kind, amount, balance_after AS "balanceAfter", account_sequence AS "accountSequence",
  entry.business_day::text AS "businessDay", occurred_at AS "occurredAt", posted_at AS "postedAt",
  CASE WHEN reference_type IS NOT NULL THEN json_build_object('type', reference_type, 'id', reference_id,
    'title', reference_title, 'externalId', reference_external_id) END AS reference,
  note, CASE WHEN by_id IS NOT NULL THEN json_build_object('id', by_id, 'name', by_name) END AS by`;

/** The lines that a client wants. */
export interface WantedLines {
  readonly userId: string;
  readonly range: DayRange;
  /** They come before this day and number in the account. */
  readonly place: readonly [BusinessDay, number] | null;
  readonly kind: string | null;
}

/**
 * How many lines of an account one request for a kind looks through. No index has the kinds of
 * lines, because every posting would pay for it. 2,000 lines take 25 ms, and 1.4 s if none of their
 * pages is in memory (measured on a busy machine). A request may take 4 s.
 */
const REACH = 2_000;

const wanted = ({ userId, range, place }: WantedLines): readonly unknown[] => [
  EMPLOYEE,
  userId,
  range.from ?? '-infinity',
  range.to ?? 'infinity',
  ...(place ?? ['infinity', 1]),
];

const NEWEST_FIRST = 'entry.business_day DESC, account_sequence DESC';

const WANTED = `FROM entry
  WHERE entry.account_id = (SELECT id FROM account WHERE owner_type = $1 AND owner_id = $2)
    AND account_sequence IS NOT NULL
    AND entry.business_day BETWEEN $3::date AND $4::date
    AND (entry.business_day, account_sequence) < ($5::date, $6::bigint)
  ORDER BY ${NEWEST_FIRST}`;

export interface FoundLines {
  readonly rows: readonly StoredLine[];
  /** The last line that was looked through; null if no line follows. */
  readonly reach: readonly [BusinessDay, number] | null;
}

/** At most `limit` lines, newest first. With a kind it looks through `reach` lines. */
export async function readLines(
  database: Database,
  lines: WantedLines,
  limit: number,
  reach = REACH,
): Promise<FoundLines> {
  const { kind } = lines;
  if (kind !== null) return readLinesOf(kind, database, lines, limit, reach);
  const rows = await database.rows<StoredLine>(
    `SELECT ${LINE_COLUMNS}
     FROM (SELECT * ${WANTED} LIMIT $7) AS entry JOIN posting ON posting.id = entry.posting_id
     ORDER BY ${NEWEST_FIRST}`,
    [...wanted(lines), limit],
  );
  return { rows, reach: null };
}

/**
 * One statement reads the lines and the reach. Between two, a new line would move the reach, and a
 * line would be missing or repeated on the next page.
 */
async function readLinesOf(
  kind: string,
  database: Database,
  lines: WantedLines,
  limit: number,
  reach: number,
): Promise<FoundLines> {
  // Without any line of the kind there is one row, whose line is null.
  const found = await database.rows<{ id: string | null; reach: [BusinessDay, number] | null }>(
    `WITH looked AS MATERIALIZED (SELECT * ${WANTED} LIMIT $8::bigint + 1)
     SELECT line.*, CASE WHEN (SELECT count(*) FROM looked) > $8 THEN (
       SELECT json_build_array(entry.business_day, account_sequence) FROM looked AS entry ORDER BY ${NEWEST_FIRST} OFFSET $8 - 1 LIMIT 1
     ) END AS reach
     FROM (SELECT) AS one LEFT JOIN LATERAL (
       SELECT ${LINE_COLUMNS}
       FROM (SELECT * FROM looked AS entry ORDER BY ${NEWEST_FIRST} LIMIT $8) AS entry JOIN posting ON posting.id = entry.posting_id
       WHERE kind = $9
       ORDER BY ${NEWEST_FIRST} LIMIT $7
     ) AS line ON true
     ORDER BY "businessDay" DESC, "accountSequence" DESC`,
    [...wanted(lines), limit, reach, kind],
  );
  const rows = found.flatMap(({ reach: _, ...row }) => (row.id === null ? [] : [row as StoredLine]));
  return { rows, reach: found[0]?.reach ?? null };
}

/** The owner's line under a business key. */
export async function readLine(reader: Reader, key: string): Promise<StatementLine> {
  const [row] = await reader.rows<StoredLine>(
    `SELECT ${LINE_COLUMNS} FROM posting JOIN entry ON posting.id = entry.posting_id
     WHERE posting.key = $1 AND account_sequence IS NOT NULL`,
    [key],
  );
  if (row === undefined) throw new Error(`There is no line ${key}`);
  return lineOf(row);
}

export function lineOf({ accountSequence: _, occurredAt, postedAt, ...row }: StoredLine): StatementLine {
  return { ...row, occurredAt: occurredAt.toISOString(), postedAt: postedAt.toISOString() };
}

/** At most `limit` accounts in the order of `filter`, after `place`. */
export function readAccounts(
  database: Database,
  filter: Pick<ActionParams<typeof accountsAction>, 'sort' | 'text' | 'below'>,
  place: AccountPlace | null,
  limit: number,
): Promise<AccountItem[]> {
  const { order, binds } = ORDERS[filter.sort];
  return database.rows<AccountItem>(
    `SELECT user_copy.id AS "userId", user_copy.name, coalesce(account.balance, 0) AS balance,
       ${IS_KNOWN} AS "ownerKnown"
     FROM user_copy
     LEFT JOIN account ON account.owner_type = $1 AND account.owner_id = user_copy.id
     WHERE ($2::text IS NULL OR strpos(lower(normalize(user_copy.name)), lower($2)) > 0)
       AND ($3::bigint IS NULL OR coalesce(account.balance, 0) < $3)
       ${place === null ? '' : `AND (${order}) > (${binds})`}
     ORDER BY ${order}
     LIMIT $4`,
    [EMPLOYEE, filter.text ?? null, filter.below ?? null, limit, ...(place ?? [])],
  );
}

/**
 * The columns of each order, and the place that a page comes after. An order by balance reads all
 * accounts: an index would have to change with every posting.
 */
const ORDERS = {
  name: { order: 'user_copy.name, user_copy.id', binds: '$5, $6::uuid' },
  balance: {
    order: 'coalesce(account.balance, 0), user_copy.name, user_copy.id',
    binds: '$5::bigint, $6, $7::uuid',
  },
  '-balance': {
    order: '-coalesce(account.balance, 0), user_copy.name, user_copy.id',
    binds: '-$5::bigint, $6, $7::uuid',
  },
};
