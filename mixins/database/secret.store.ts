/** Secrets that a service drew for itself and keeps in its table `secret`: the same on all its nodes, and after every restart. */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Tx } from './database.ts';

/** In bytes: as long as the digests that it keys. */
const SECRET_BYTES = 32;

/**
 * The secret of this name, drawn when it is first asked for. As a key object: a digest with a buffer as its key takes four times as long.
 * A transaction that is rolled back draws nothing.
 */
export async function serviceSecret(tx: Tx, name: string): Promise<KeyObject> {
  const kept = await readSecret(tx, name);
  if (kept !== undefined) return kept;
  await tx.run('INSERT INTO secret (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    name,
    randomBytes(SECRET_BYTES),
  ]);
  // Not the value that was just drawn: another node may have been first.
  const drawn = await readSecret(tx, name);
  if (drawn === undefined) throw new Error(`The secret ${name} is missing`);
  return drawn;
}

async function readSecret(tx: Tx, name: string): Promise<KeyObject | undefined> {
  const [row] = await tx.rows<{ value: Buffer }>('SELECT value FROM secret WHERE name = $1', [name]);
  return row === undefined ? undefined : createSecretKey(row.value);
}
