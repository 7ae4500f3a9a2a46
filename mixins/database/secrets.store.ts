/**
 * Secrets of a service that are drawn once and kept in its own database. So all its nodes use the
 * same ones after every restart. The owner's secrets are in a schema that only the owner may use.
 * The service runs as another role and cannot read them. The service's secrets are in its table
 * `secret`.
 */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Client } from './client.ts';
import type { Database, Tx } from './database.ts';

/** 256 bits: they cannot be guessed. As long as the digests that use them as key. */
const SECRET_BYTES = 32;

/**
 * The owner's secret of this name. It is drawn when there is none. The session must have the
 * owner's role.
 */
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

/** Keeps a given secret of the owner, and replaces an earlier one. */
export async function keepSecret(client: Client, name: string, value: string): Promise<void> {
  await makeTable(client);
  await client.run(
    `INSERT INTO provision.secret (name, value) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value WHERE secret.value <> EXCLUDED.value`,
    [name, value],
  );
}

/**
 * The owner's secret of this name, undefined where none is kept. Throws where the table is missing.
 */
export async function readSecret(client: Client, name: string): Promise<string | undefined> {
  const [row] = await client.rows<{ value: string }>('SELECT value FROM provision.secret WHERE name = $1', [
    name,
  ]);
  return row?.value;
}

/** Key of the advisory lock under which the table is made. It holds within the database. */
const TABLE_LOCK = 4_802_113_003;

/** One text is one transaction, so a concurrent reader finds all of it or nothing. */
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

/** The service's secrets that were read, by the pool of their database. They never change. */
const known = new WeakMap<Database['sequelize'], Map<string, KeyObject>>();

/**
 * The service's secret of this name, drawn on its first use. It is a key object, because a digest
 * with a buffer as its key takes four times as long. A rolled-back transaction keeps no secret.
 */
export async function serviceSecret(tx: Tx, name: string): Promise<KeyObject> {
  const { sequelize } = tx.database;
  const read = known.get(sequelize)?.get(name);
  if (read !== undefined) return read;
  const secret = (await readServiceSecret(tx, name)) ?? (await drawServiceSecret(tx, name));
  tx.afterCommit(() => known.set(sequelize, new Map(known.get(sequelize)).set(name, secret)));
  return secret;
}

async function drawServiceSecret(tx: Tx, name: string): Promise<KeyObject> {
  await tx.run('INSERT INTO secret (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    name,
    randomBytes(SECRET_BYTES),
  ]);
  // The kept value may differ from the drawn one: another node may have been first.
  const drawn = await readServiceSecret(tx, name);
  if (drawn === undefined) throw new Error(`The secret ${name} is missing`);
  return drawn;
}

async function readServiceSecret(tx: Tx, name: string): Promise<KeyObject | undefined> {
  const [row] = await tx.rows<{ value: Buffer }>('SELECT value FROM secret WHERE name = $1', [name]);
  return row === undefined ? undefined : createSecretKey(row.value);
}
