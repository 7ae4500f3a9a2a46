/** The entries that the bucket `identity` must hold, in SQL. */
import type { Database, Tx } from '#mixins/database/database.ts';
import { TOKEN_MEMORY_MS } from '#mixins/identity/access-token.ts';
import type { BucketEntry, EntrySource } from '#mixins/identity/bucket-writer.ts';
import type { EntryRow } from './held-entries.ts';
import type { IdentityEntry } from './identity-entries.ts';

/**
 * Queues entries for the bucket, in the transaction of their change. An older version changes
 * nothing.
 */
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

/** The entries that have waited longest. */
async function pendingEntries(tx: Tx, limit: number): Promise<BucketEntry[]> {
  return tx.rows<BucketEntry>(
    'SELECT key, value, version FROM identity_entry WHERE pending ORDER BY changed_at LIMIT $1',
    [limit],
  );
}

/** A row that got a newer version meanwhile stays pending. */
async function markEntriesPut(tx: Tx, entries: readonly BucketEntry[]): Promise<void> {
  await tx.run(
    `UPDATE identity_entry AS e SET pending = false
     FROM jsonb_to_recordset($1::jsonb) AS put (key text, version integer)
     WHERE e.key = put.key AND e.version = put.version`,
    [JSON.stringify(entries.map(({ key, version }) => ({ key, version })))],
  );
}

/** The keys among these whose entry is in the bucket, not pending. */
export async function putKeys(tx: Tx, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.rows<{ key: string }>(
    'SELECT key FROM identity_entry WHERE key = ANY ($1) AND NOT pending',
    [keys],
  );
  return new Set(rows.map(({ key }) => key));
}

/** Keys of the entries that expired first. */
async function expiredEntries(tx: Tx, limit: number): Promise<string[]> {
  const rows = await tx.rows<{ key: string }>(
    'SELECT key FROM identity_entry WHERE expires_at < now() ORDER BY expires_at LIMIT $1',
    [limit],
  );
  return rows.map(({ key }) => key);
}

/** Deletes the expired ones among these entries. */
async function deleteEntries(tx: Tx, keys: readonly string[]): Promise<void> {
  await tx.run('DELETE FROM identity_entry WHERE key = ANY ($1) AND expires_at < now()', [keys]);
}

/**
 * Queues again all entries that matter and that a bucket may have lost with its tail. These are the
 * entries that changed since the oldest valid access token was issued, all keys (`key.`), and all
 * service accounts (`service.`).
 */
async function renewEntries(tx: Tx, withinMs: number): Promise<void> {
  await tx.run(
    `UPDATE identity_entry SET pending = true
     WHERE NOT pending AND (starts_with(key, 'key.') OR starts_with(key, 'service.') OR changed_at > now() - $1::double precision * interval '1 millisecond')`,
    [withinMs],
  );
}

/**
 * The table, as the writer of the bucket uses it. Each step is a transaction, and none is open
 * during a call to NATS.
 */
export function entrySource(database: Database): EntrySource {
  return {
    pending: (limit) => database.inTransaction((tx) => pendingEntries(tx, limit)),
    markPut: (entries) => database.inTransaction((tx) => markEntriesPut(tx, entries)),
    expired: (limit) => database.inTransaction((tx) => expiredEntries(tx, limit)),
    forget: (keys) => database.inTransaction((tx) => deleteEntries(tx, keys)),
    renew: () => database.inTransaction((tx) => renewEntries(tx, TOKEN_MEMORY_MS)),
  };
}

/** The rows of these keys. */
export async function readRows(tx: Tx, keys: readonly string[]): Promise<ReadonlyMap<string, EntryRow>> {
  const rows = await tx.rows<EntryRow>(
    `SELECT key, value, pending, coalesce(expires_at <= now(), false) AS expired FROM identity_entry WHERE key = ANY ($1)`,
    [keys],
  );
  return new Map(rows.map((row) => [row.key, row]));
}

/** The next keys after `after` that the bucket must hold, in order. */
export async function keysToHold(tx: Tx, after: string, limit: number): Promise<string[]> {
  const rows = await tx.rows<{ key: string }>(
    `SELECT key FROM identity_entry
     WHERE key > $1 AND NOT pending AND (expires_at IS NULL OR expires_at > now()) ORDER BY key LIMIT $2`,
    [after, limit],
  );
  return rows.map(({ key }) => key);
}
