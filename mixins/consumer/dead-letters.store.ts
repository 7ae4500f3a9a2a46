/** SQL of the table `dead_letter`. */
import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { truncate } from '../../schemas/text.ts';
import type { Database, Tx } from '../database/database.ts';
import { type Message, type StoredEvent, sequenceIn, subjectIn } from './message.ts';

/** Longest text kept of an error, in code points: enough to find the cause, too little to fill a disk. */
const MAX_TEXT = 2_000;

export type LetterStatus = 'open' | 'redriven' | 'discarded';

/** What a letter holds, whole. */
export interface LetterContent {
  /** The event's id, or the key of a loop's item. */
  readonly eventKey: string;
  /** Where the event stands; '' and 0 for a loop's item. */
  readonly stream: string;
  readonly streamSequence: number;
  readonly type: string | null;
  readonly subject: string | null;
  readonly sequence: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
}

/** What is set aside. */
export interface NewLetter {
  readonly consumer: string;
  readonly content: LetterContent;
  readonly attempts: number;
  readonly code: string;
  readonly text: string;
}

/** A letter without its payload, as lists show it. */
export interface DeadLetter {
  readonly id: string;
  /** The durable, or the loop, that set it aside: `<service>-<key>`. */
  readonly consumer: string;
  /** The event's id; for a message without a readable one, a digest of its bytes; the key of a loop's item. */
  readonly eventKey: string;
  readonly type: string | null;
  readonly subject: string | null;
  readonly sequence: number | null;
  readonly attempts: number;
  readonly code: string;
  readonly message: string;
  readonly status: LetterStatus;
  readonly at: Date;
  readonly settledAt: Date | null;
  readonly settledBy: string | null;
  readonly settledReason: string | null;
}

const COLUMNS = `id, consumer, event_key AS "eventKey", type, subject, sequence, attempts, code, message, status,
  set_aside_at AS at, settled_at AS "settledAt", settled_by AS "settledBy", settled_reason AS "settledReason"`;

/** PostgreSQL stores neither NUL nor lone surrogates, and a letter must be storable whatever is in it. */
export function storable(text: string, max = MAX_TEXT): string {
  return truncate(text, max).replaceAll('\0', '\uFFFD');
}

/** Headers as text that PostgreSQL takes, each at most 100,000 characters. */
export function storableHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers);
  return Object.fromEntries(entries.map(([name, value]) => [storable(name), storable(value, 100_000)]));
}

/** The event's id in lower case; for a message without a readable one the SHA-256 of all that it carries, in hex: the same for each delivery. */
export function eventKeyOf(message: Message): string {
  const id = message.header('ce-id') ?? '';
  return /^[0-9a-f-]{36}$/i.test(id) ? id.toLowerCase() : digestOf(message);
}

function digestOf(message: Message): string {
  const digest = createHash('sha256').update(message.subject ?? '');
  return digest.update(JSON.stringify(message.headers())).update(message.data).digest('hex');
}

/** An event as a letter holds it. A foreign one is kept under its digest: by an id that it carries, it would stand for another event. */
export function contentOf(message: Message, isForeign: boolean): LetterContent {
  return {
    eventKey: isForeign ? digestOf(message) : eventKeyOf(message),
    stream: message.stream,
    streamSequence: message.streamSequence,
    type: message.header('ce-type') ?? null,
    subject: subjectIn(message) ?? null,
    sequence: sequenceIn(message) ?? null,
    headers: message.headers(),
    payload: message.data,
  };
}

/**
 * Adds a letter and returns 1, or 0 when one of the same event is there already, as after a crash before the acknowledgement; that one
 * stays as it is.
 */
export async function insertLetter(tx: Tx, letter: NewLetter): Promise<number> {
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
      textOrNull(content.type),
      textOrNull(content.subject),
      content.sequence,
      JSON.stringify(storableHeaders(content.headers)),
      Buffer.from(content.payload),
      letter.attempts,
      storable(letter.code, 100),
      storable(letter.text),
    ],
  );
}

function textOrNull(value: string | null): string | null {
  return value === null ? null : storable(value, 500);
}

/** Removes the letter of a loop's item that was redriven: a loop may take the item up again, and fail again. */
export async function forgetRedriven(tx: Tx, consumer: string, key: string): Promise<void> {
  await tx.run(`DELETE FROM dead_letter WHERE consumer = $1 AND event_key = $2 AND status = 'redriven'`, [
    consumer,
    key,
  ]);
}

/** Until the transaction ends no other node adds letters of this consumer: each would count without those of the others. */
export async function holdLetters(tx: Tx, consumer: string): Promise<void> {
  await tx.rows('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`letters:${consumer}`]);
}

/** Letters of the last so many milliseconds, of all nodes, by the database's clock. */
export async function countSetAside(tx: Tx, consumer: string, milliseconds: number): Promise<number> {
  const [row] = await tx.rows<{ count: number }>(
    `SELECT count(*) AS count FROM dead_letter
     WHERE consumer = $1 AND set_aside_at > clock_timestamp() - make_interval(secs => $2::float8 / 1000)`,
    [consumer, milliseconds],
  );
  return Number(row?.count ?? 0);
}

/** Which of these events were set aside before, whatever became of them. */
export async function setAsideAmong(tx: Tx, consumer: string, keys: readonly string[]): Promise<Set<string>> {
  const rows = await tx.rows<{ event_key: string }>(
    'SELECT event_key FROM dead_letter WHERE consumer = $1 AND event_key = ANY($2::text[])',
    [consumer, keys],
  );
  return new Set(rows.map((row) => row.event_key));
}

export interface LetterFilter {
  readonly status?: LetterStatus;
  /** Only letters behind this place: the time, in milliseconds since 1970, and id of a letter. */
  readonly before?: { readonly at: number; readonly id: string };
  readonly limit: number;
}

/** The milliseconds that JavaScript sees, so that a place is what was shown. */
const AT = `date_trunc('milliseconds', set_aside_at)`;

/** Newest first. */
export async function listLetters(database: Database, filter: LetterFilter): Promise<DeadLetter[]> {
  return await database.rows<DeadLetter>(
    `SELECT ${COLUMNS} FROM dead_letter
     WHERE ($1::text IS NULL OR status = $1) AND ($3::uuid IS NULL OR (${AT}, id) < (to_timestamp($2::float8 / 1000), $3))
     ORDER BY ${AT} DESC, id DESC LIMIT $4`,
    [filter.status ?? null, filter.before?.at ?? null, filter.before?.id ?? null, filter.limit],
  );
}

export type DeadLetterDetail = DeadLetter & {
  readonly headers: Readonly<Record<string, string>>;
  /** In base64. */
  readonly payload: string;
};

/** A letter with its headers and its payload (base64); undefined where there is none of this id. */
export async function findLetter(
  reader: Pick<Database, 'rows'>,
  id: string,
): Promise<DeadLetterDetail | undefined> {
  const sql = `SELECT ${COLUMNS}, headers, translate(encode(payload, 'base64'), E'\\n', '') AS payload FROM dead_letter WHERE id = $1`;
  const [letter] = await reader.rows<DeadLetterDetail>(sql, [id]);
  return letter;
}

/** Locks a letter until the transaction ends, so that it is settled once. */
export async function lockLetter(tx: Tx, id: string): Promise<(DeadLetter & StoredEvent) | undefined> {
  const [letter] = await tx.rows<DeadLetter & StoredEvent>(
    `SELECT ${COLUMNS}, stream, stream_sequence AS "streamSequence", headers, payload, 1 AS deliveries
     FROM dead_letter WHERE id = $1 FOR UPDATE`,
    [id],
  );
  return letter;
}

export interface Settlement {
  readonly status: 'redriven' | 'discarded';
  /** Who decided: a user's id, `operator:<user>@<host>`, or `service:<name>`. */
  readonly by: string;
  /** Why it was discarded; null for a redrive. */
  readonly reason: string | null;
}

/** Writes down that a letter was redriven or discarded, by whom and why. The letter must be locked. */
export async function settleLetter(tx: Tx, id: string, settlement: Settlement): Promise<void> {
  await tx.run(
    `UPDATE dead_letter SET status = $2, settled_at = clock_timestamp(), settled_by = $3, settled_reason = $4 WHERE id = $1`,
    [id, settlement.status, settlement.by, settlement.reason],
  );
}

/** Notes a redrive that failed. */
export async function noteFailedRedrive(tx: Tx, id: string, code: string, text: string): Promise<void> {
  await tx.run(
    `UPDATE dead_letter SET attempts = attempts + 1, code = $2, message = $3 WHERE id = $1 AND status = 'open'`,
    [id, storable(code, 100), storable(text)],
  );
}

/** How many letters of the consumer nobody has settled yet. */
export async function countOpen(database: Database, consumer: string): Promise<number> {
  const [row] = await database.rows<{ count: number }>(
    `SELECT count(*) AS count FROM dead_letter WHERE consumer = $1 AND status = 'open'`,
    [consumer],
  );
  return Number(row?.count ?? 0);
}
