/** SQL of the table `dead_letter`: events of consumers, and items of loops. */
import { v7 as uuidv7 } from 'uuid';
import { type Database, prepared, type Reader, type Tx } from '#mixins/database/database.ts';
import { sqlStateOf } from '#mixins/database/errors.ts';
import { storable, storableHeaders } from './message.ts';
import { forgetAttempts } from './retry.ts';

/**
 * Longest texts that are kept, in code points. An error's text must show its cause and not fill a
 * disk.
 */
const MAX_ERROR = 2_000;
const MAX_CODE = 100;
const MAX_NAME = 500;

export type DeadLetterStatus = 'open' | 'redriven' | 'discarded';

/** The whole event. An item of a loop has the stream '' and the sequence 0. */
export interface DeadLetterContent {
  readonly stream: string;
  readonly streamSequence: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
  /** The event's id; the digest of a message without a readable id; the key of a loop's item. */
  readonly eventKey: string;
  readonly type: string | null;
  readonly subject: string | null;
  readonly sequence: number | null;
}

export interface NewDeadLetter {
  readonly consumer: string;
  readonly content: DeadLetterContent;
  readonly attempts: number;
  readonly code: string;
  readonly text: string;
  /**
   * Whether it replaces a redriven one. A loop may take a redriven item up again, and fail again.
   */
  readonly replacesRedriven?: boolean;
}

/** A dead letter without its payload, as lists show it. */
export interface DeadLetter extends Pick<DeadLetterContent, 'eventKey' | 'type' | 'subject' | 'sequence'> {
  readonly id: string;
  /** The durable, or the loop, whose dead letter it is: `<service>-<key>`. */
  readonly consumer: string;
  /** Deliveries or isolated attempts, and failed redrives. */
  readonly attempts: number;
  readonly code: string;
  readonly message: string;
  readonly status: DeadLetterStatus;
  readonly at: Date;
  readonly settledAt: Date | null;
  readonly settledBy: string | null;
  readonly settledReason: string | null;
}

const COLUMNS = `id, consumer, event_key AS "eventKey", type, subject, sequence, attempts, code, message, status,
  set_aside_at AS at, settled_at AS "settledAt", settled_by AS "settledBy", settled_reason AS "settledReason"`;

/** The code of a dead letter: the SQLSTATE, the error's own type or code, else its class. */
export function codeOf(error: unknown): string {
  const sqlState = sqlStateOf(error);
  if (sqlState !== undefined) return sqlState;
  if (!(error instanceof Error)) return 'unknown';
  const { code, type } = error as { code?: unknown; type?: unknown };
  if (typeof type === 'string' && type !== '') return type;
  return typeof code === 'string' && code !== '' ? code : error.name;
}

/**
 * Adds a dead letter, and deletes the event's counter of attempts. Returns the number of dead
 * letters that the consumer got within the last `windowMs`, on all nodes. Returns 0 and adds none
 * where the event has a dead letter already, as after a crash before the acknowledgement.
 */
export async function addDeadLetter(tx: Tx, letter: NewDeadLetter, windowMs: number): Promise<number> {
  const { consumer, content } = letter;
  // The lock lasts until the transaction ends. Without it, nodes would not count each other's.
  await tx.rows('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`letters:${consumer}`]);
  await forgetAttempts(tx, consumer, content.eventKey);
  if (letter.replacesRedriven) await deleteRedriven(tx, consumer, content.eventKey);
  const added = await insertDeadLetter(tx, letter);
  return added === 0 ? 0 : await countRecent(tx, consumer, windowMs);
}

async function insertDeadLetter(tx: Tx, letter: NewDeadLetter): Promise<number> {
  const { content } = letter;
  return await tx.run(
    `INSERT INTO dead_letter (id, consumer, event_key, stream, stream_sequence, type, subject, sequence, headers, payload,
       attempts, code, message)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12, $13)
     ON CONFLICT (consumer, event_key) DO NOTHING`,
    [
      uuidv7(),
      letter.consumer,
      content.eventKey,
      content.stream,
      content.streamSequence,
      content.type === null ? null : storable(content.type, MAX_NAME),
      content.subject === null ? null : storable(content.subject, MAX_NAME),
      content.sequence,
      JSON.stringify(storableHeaders(content.headers)),
      Buffer.from(content.payload),
      letter.attempts,
      storable(letter.code, MAX_CODE),
      storable(letter.text, MAX_ERROR),
    ],
  );
}

/** By the database's clock. */
async function countRecent(tx: Tx, consumer: string, windowMs: number): Promise<number> {
  const [row] = await tx.rows<{ count: number }>(
    `SELECT count(*) AS count FROM dead_letter
     WHERE consumer = $1 AND set_aside_at > clock_timestamp() - make_interval(secs => $2::float8 / 1000)`,
    [consumer, windowMs],
  );
  return Number(row?.count ?? 0);
}

async function deleteRedriven(tx: Tx, consumer: string, eventKey: string): Promise<void> {
  await tx.run(`DELETE FROM dead_letter WHERE consumer = $1 AND event_key = $2 AND status = 'redriven'`, [
    consumer,
    eventKey,
  ]);
}

/** Which of these events have a dead letter, whatever its status. */
export async function deadLetteredAmong(
  tx: Tx,
  consumer: string,
  keys: readonly string[],
): Promise<Set<string>> {
  const rows = await tx.rows<{ event_key: string }>(
    prepared('SELECT event_key FROM dead_letter WHERE consumer = $1 AND event_key = ANY($2::text[])'),
    [consumer, keys],
  );
  return new Set(rows.map((row) => row.event_key));
}

export interface DeadLetterFilter {
  readonly status?: DeadLetterStatus | undefined;
  readonly consumer?: string | undefined;
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  /** Only dead letters behind this one: its time, in milliseconds since 1970, and its id. */
  readonly before?: { readonly at: number; readonly id: string } | undefined;
  readonly limit: number;
}

/**
 * SQL: the time in UTC, rounded down to the milliseconds of a cursor. So a page begins exactly
 * where the last one ended. Indexes have this expression.
 */
export const AT = `date_trunc('milliseconds', set_aside_at AT TIME ZONE 'UTC')`;
/** SQL: the type of the event, empty for one without a type. Indexes have this expression. */
export const KIND = `coalesce(type, '')`;

/** Newest first. */
export async function listDeadLetters(database: Database, filter: DeadLetterFilter): Promise<DeadLetter[]> {
  const { status, consumer, type, code, before } = filter;
  const bind: unknown[] = [];
  const value = (given: unknown) => `$${bind.push(given)}`;
  // The text has only the requested conditions: a condition on null would not use an index.
  const conditions = ['true'];
  // Not a bound value: partial indexes are for one status.
  if (status !== undefined) conditions.push(`status = '${status}'`);
  if (consumer !== undefined) conditions.push(`consumer = ${value(consumer)}`);
  if (type !== undefined) conditions.push(`${KIND} = ${value(type)}`);
  if (code !== undefined) conditions.push(`code = ${value(code)}`);
  if (before !== undefined) {
    const at = `to_timestamp(${value(before.at)}::float8 / 1000) AT TIME ZONE 'UTC'`;
    conditions.push(`(${AT}, id) < (${at}, ${value(before.id)}::uuid)`);
  }
  return await database.rows<DeadLetter>(
    `SELECT ${COLUMNS} FROM dead_letter WHERE ${conditions.join(' AND ')}
     ORDER BY ${AT} DESC, id DESC LIMIT ${value(filter.limit)}`,
    bind,
  );
}

export type DeadLetterDetail = DeadLetter & {
  readonly headers: Readonly<Record<string, string>>;
  /** In base64. */
  readonly payload: string;
};

/** A dead letter with its headers and its payload; undefined where this id has none. */
export async function findDeadLetter(reader: Reader, id: string): Promise<DeadLetterDetail | undefined> {
  const sql = `SELECT ${COLUMNS}, headers, translate(encode(payload, 'base64'), E'\\n', '') AS payload FROM dead_letter WHERE id = $1`;
  const [letter] = await reader.rows<DeadLetterDetail>(sql, [id]);
  return letter;
}

export type LockedDeadLetter = DeadLetter & DeadLetterContent;

/** Locks a dead letter until the transaction ends, so that it is settled once. */
export async function lockDeadLetter(tx: Tx, id: string): Promise<LockedDeadLetter | undefined> {
  const [letter] = await tx.rows<LockedDeadLetter>(
    `SELECT ${COLUMNS}, stream, stream_sequence AS "streamSequence", headers, payload
     FROM dead_letter WHERE id = $1 FOR UPDATE`,
    [id],
  );
  return letter;
}

/** `by`: who decided; a user's id, `operator:<user>@<host>`, or `service:<name>`. */
export type Settlement =
  | { readonly status: 'redriven'; readonly by: string; readonly reason: null }
  | { readonly status: 'discarded'; readonly by: string; readonly reason: string };

/** Notes that a dead letter was redriven or discarded, by whom and why. It must be locked. */
export async function settleDeadLetter(tx: Tx, id: string, settlement: Settlement): Promise<void> {
  await tx.run(
    `UPDATE dead_letter SET status = $2, settled_at = clock_timestamp(), settled_by = $3, settled_reason = $4 WHERE id = $1`,
    [id, settlement.status, settlement.by, settlement.reason],
  );
}

/** Notes a redrive that failed. */
export async function noteFailedRedrive(tx: Tx, id: string, code: string, text: string): Promise<void> {
  await tx.run(
    `UPDATE dead_letter SET attempts = attempts + 1, code = $2, message = $3 WHERE id = $1 AND status = 'open'`,
    [id, storable(code, MAX_CODE), storable(text, MAX_ERROR)],
  );
}

/** Most open dead letters that are counted at once. */
const COUNT_UP_TO = 10_000;

/** Numbers of open dead letters, by consumer or loop. Of a service, it counts 10,000 at most. */
export async function countOpenByConsumer(database: Database): Promise<ReadonlyMap<string, number>> {
  const rows = await database.rows<{ consumer: string; count: number }>(
    `SELECT consumer, count(*)::int AS count
       FROM (SELECT consumer FROM dead_letter WHERE status = 'open' LIMIT ${COUNT_UP_TO}) AS letter
      GROUP BY consumer`,
  );
  return new Map(rows.map(({ consumer, count }) => [consumer, count]));
}

/** Number of open dead letters of the consumer. */
export async function countOpen(database: Database, consumer: string): Promise<number> {
  const [row] = await database.rows<{ count: number }>(
    `SELECT count(*) AS count FROM dead_letter WHERE consumer = $1 AND status = 'open'`,
    [consumer],
  );
  return Number(row?.count ?? 0);
}
