/** What the bucket `identity` has to hold, in SQL. */
import type { Database, Tx } from '#mixins/database/database.ts';
import { TOKEN_MEMORY_MS } from '#mixins/identity/access-token.ts';
import type { BucketEntry, EntrySource } from '#mixins/identity/bucket-writer.ts';
import type { EntryRow } from './held-entries.ts';
import type { IdentityEntry } from './identity-entries.ts';

/** Lets entries wait for the bucket, in the transaction of the change they tell of; an older version changes nothing. */
export async function saveEntries(tx: Tx, entries: readonly IdentityEntry[]): Promise<void> {
  await tx.run(
    `INSERT INTO identity_entry (key, value, version, expires_at)
     SELECT key, value, version, now() + "expiresInMs" * interval '1 millisecond'
     FROM jsonb_to_recordset($1::jsonb) AS entry (key text, value jsonb, version integer, "expiresInMs" double precision)
     ON CONFLICT (key) DO UPDATE
     SET value = excluded.value, version = excluded.version, pending = true, changed_at = now()
     WHERE identity_entry.version < excluded.version`,
    [JSON.stringify(entries)],
  );
}

/** The entries that wait longest. */
async function pendingEntries(tx: Tx, limit: number): Promise<BucketEntry[]> {
  return tx.rows<BucketEntry>(
    'SELECT key, value, version FROM identity_entry WHERE pending ORDER BY changed_at LIMIT $1',
    [limit],
  );
}

/** A row that rose meanwhile goes on waiting. */
async function markEntriesPut(tx: Tx, entries: readonly BucketEntry[]): Promise<void> {
  await tx.run(
    `UPDATE identity_entry AS e SET pending = false
     FROM jsonb_to_recordset($1::jsonb) AS put (key text, version integer)
     WHERE e.key = put.key AND e.version = put.version`,
    [JSON.stringify(entries.map(({ key, version }) => ({ key, version })))],
  );
}

/** Which of these the bucket holds: they wait no more. */
export async function putKeys(tx: Tx, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.rows<{ key: string }>(
    'SELECT key FROM identity_entry WHERE key = ANY ($1) AND NOT pending',
    [keys],
  );
  return new Set(rows.map(({ key }) => key));
}

/** Keys of the entries that should have left first. */
async function expiredEntries(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx.rows<{ key: string }>(
    'SELECT key FROM identity_entry WHERE expires_at < now() ORDER BY expires_at LIMIT $1',
    [limit],
  );
  return rows.map(({ key }) => key);
}

/** Deletes those of these entries that have expired. */
async function deleteEntries(tx: Tx, keys: readonly string[]): Promise<void> {
  await tx.run('DELETE FROM identity_entry WHERE key = ANY ($1) AND expires_at < now()', [keys]);
}

/**
 * Lets wait again what a bucket that lost its tail may have lost: all that changed since the oldest access token alive was issued, and
 * what holds as long as it is there (`key.`).
 */
async function renewEntries(tx: Tx, withinMs: number): Promise<void> {
  await tx.run(
    `UPDATE identity_entry SET pending = true
     WHERE NOT pending AND (starts_with(key, 'key.') OR changed_at > now() - $1::double precision * interval '1 millisecond')`,
    [withinMs],
  );
}

/** The table as the writer of the bucket takes it: each step a transaction, none open while the broker is asked. */
export function entrySource(database: Database): EntrySource {
  return {
    pending: (limit) => database.inTransaction((tx) => pendingEntries(tx, limit)),
    markPut: (entries) => database.inTransaction((tx) => markEntriesPut(tx, entries)),
    expired: (limit) => database.inTransaction((tx) => expiredEntries(tx, limit)),
    forget: (keys) => database.inTransaction((tx) => deleteEntries(tx, keys)),
    renew: () => database.inTransaction((tx) => renewEntries(tx, TOKEN_MEMORY_MS)),
  };
}

/** What the table says of these keys. */
export async function readRows(tx: Tx, keys: readonly string[]): Promise<ReadonlyMap<string, EntryRow>> {
  const rows = await tx.rows<EntryRow>(
    `SELECT key, value, pending, coalesce(expires_at <= now(), false) AS expired FROM identity_entry WHERE key = ANY ($1)`,
    [keys],
  );
  return new Map(rows.map((row) => [row.key, row]));
}

/** The next keys behind `after` that the bucket has to hold, in order. */
export async function keysToHold(tx: Tx, after: string, limit: number): Promise<string[]> {
  const rows = await tx.rows<{ key: string }>(
    `SELECT key FROM identity_entry
     WHERE key > $1 AND NOT pending AND (expires_at IS NULL OR expires_at > now()) ORDER BY key LIMIT $2`,
    [after, limit],
  );
  return rows.map(({ key }) => key);
}
