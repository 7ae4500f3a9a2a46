/**
 * Secrets of a service that are drawn once and kept in its own database, in a schema that only the owner may use.
 * All nodes that hold the owner's rights agree on them; the service itself, which runs as another role, cannot
 * read them.
 */
import { randomBytes } from 'node:crypto';
import type { Client } from './client.ts';

/** 256 bits: nobody guesses them. */
const SECRET_BYTES = 32;

/** The secret of this name; drawn when there is none. The session must have the owner's role. */
export async function keptSecret(client: Client, name: string): Promise<string> {
  await makeTable(client);
  await client.run('INSERT INTO provision.secret (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    name,
    randomBytes(SECRET_BYTES).toString('base64url'),
  ]);
  const value = await readSecret(client, name);
  if (value === undefined) throw new Error(`The secret ${name} was deleted while it was read`);
  return value;
}

/** Keeps a secret that was given, in the place of the one before. */
export async function keepSecret(client: Client, name: string, value: string): Promise<void> {
  await makeTable(client);
  await client.run(
    `INSERT INTO provision.secret (name, value) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value WHERE secret.value <> EXCLUDED.value`,
    [name, value],
  );
}

/** The secret of this name; undefined where none was kept. Throws where the table is missing. */
export async function readSecret(client: Client, name: string): Promise<string | undefined> {
  const [row] = await client.rows<{ value: string }>('SELECT value FROM provision.secret WHERE name = $1', [
    name,
  ]);
  return row?.value;
}

/** Key of the advisory lock under which the table is made; it holds within the database. */
const TABLE_LOCK = 4_802_113_003;

/** One text, hence one transaction: a concurrent reader finds all of it or nothing. */
async function makeTable(client: Client): Promise<void> {
  const [existing] = await client.rows<{ made: boolean }>(
    `SELECT to_regclass('provision.secret') IS NOT NULL AS made`,
  );
  if (existing?.made) return;
  await client.run(`
    SELECT pg_advisory_xact_lock(${TABLE_LOCK});
    CREATE SCHEMA IF NOT EXISTS provision;
    CREATE TABLE IF NOT EXISTS provision.secret (
      name text NOT NULL,
      value text NOT NULL,
      kept_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT secret_pk PRIMARY KEY (name)
    );
    COMMENT ON TABLE provision.secret IS 'Secrets that were drawn once: only the owner of the database reads them'`);
}
