/**
 * Signing keys in SQL. All times are the database's, so that nodes with different clocks sign with
 * the same key.
 */
import type { Tx } from '#mixins/database/database.ts';
import type { StoredKey } from './signing-keys.ts';

/** All keys, with the time of the read. */
export interface KeyRing {
  readonly keys: readonly StoredKey[];
  readonly now: Date;
}

const COLUMNS = `kid, public_jwk AS "publicJwk", private_jwk AS "privateJwk", private_jwe AS "privateJwe",
  id_public_jwk AS "idPublicJwk", id_private_jwe AS "idPrivateJwe", signs_from AS "signsFrom", retired_at AS "retiredAt", opened_at AS "openedAt"`;
const HAS_PRIVATE_HALF = 'num_nonnulls(private_jwk, private_jwe) > 0';

async function clock(tx: Tx): Promise<Date> {
  const [row] = await tx.rows<{ now: Date }>('SELECT clock_timestamp() AS now');
  if (row === undefined) throw new Error('The database returned no time');
  return row.now;
}

/** All keys that were not withdrawn, the oldest first. */
export async function readKeys(tx: Tx): Promise<KeyRing> {
  const keys = await tx.rows<StoredKey>(
    `SELECT ${COLUMNS} FROM signing_key WHERE ${HAS_PRIVATE_HALF} ORDER BY created_at, kid`,
  );
  return { keys, now: await clock(tx) };
}

/** All keys, including withdrawn ones, the oldest first. */
export async function readAllKeys(tx: Tx): Promise<KeyRing> {
  const keys = await tx.rows<StoredKey>(`SELECT ${COLUMNS} FROM signing_key ORDER BY created_at, kid`);
  return { keys, now: await clock(tx) };
}

/** Lets one transaction at a time make, start or retire keys. Read the keys after this lock. */
export async function lockKeys(tx: Tx): Promise<void> {
  await tx.rows(`SELECT pg_advisory_xact_lock(hashtextextended('auth:signing-keys', 0))`);
}

/** Whether a key may have a step due. It is checked every second, without the lock. */
export async function keysAreDue(tx: Tx): Promise<boolean> {
  const rows = await tx.rows(
    `SELECT 1 FROM signing_key
     WHERE ${HAS_PRIVATE_HALF} AND (signs_from IS NULL AND retired_at IS NULL OR retired_at <= clock_timestamp())
     LIMIT 1`,
  );
  return rows.length > 0;
}

/**
 * Adds a key and returns its number: 1 for the first, then 2 … A null `signsFrom` is set when the
 * key is published.
 */
export async function insertKey(tx: Tx, key: Omit<StoredKey, 'retiredAt' | 'openedAt'>): Promise<number> {
  await tx.run(
    `INSERT INTO signing_key
       (kid, public_jwk, private_jwk, private_jwe, id_public_jwk, id_private_jwe, signs_from, created_at, opened_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp(), clock_timestamp())`,
    [
      key.kid,
      JSON.stringify(key.publicJwk),
      key.privateJwk === null ? null : JSON.stringify(key.privateJwk),
      key.privateJwe,
      key.idPublicJwk === null ? null : JSON.stringify(key.idPublicJwk),
      key.idPrivateJwe,
      key.signsFrom,
    ],
  );
  const [row] = await tx.rows<{ count: number }>('SELECT count(*)::integer AS count FROM signing_key');
  return row?.count ?? 0;
}

/** Sets the time from which a published key signs. */
export async function setSignsFrom(tx: Tx, kid: string, signsFrom: Date): Promise<void> {
  await tx.run('UPDATE signing_key SET signs_from = $2 WHERE kid = $1', [kid, signsFrom]);
}

/** Retires keys at a time. A key with an earlier time keeps it. */
export async function retireKeys(tx: Tx, kids: readonly string[], at: Date): Promise<void> {
  await tx.run('UPDATE signing_key SET retired_at = least(retired_at, $2) WHERE kid = ANY ($1)', [kids, at]);
}

/** Deletes the private halves of retired keys. */
export async function wipeKeys(tx: Tx, kids: readonly string[]): Promise<void> {
  await tx.run(
    `UPDATE signing_key SET private_jwk = NULL, private_jwe = NULL, id_private_jwe = NULL
     WHERE kid = ANY ($1)`,
    [kids],
  );
}

/** Records that this node can open a key. When several nodes do so at the same time, one writes. */
export async function noteOpened(tx: Tx, kid: string): Promise<void> {
  await tx.run(
    `UPDATE signing_key SET opened_at = clock_timestamp()
     WHERE kid = $1 AND (opened_at IS NULL OR opened_at < clock_timestamp() - interval '1 second')`,
    [kid],
  );
}

/** The sealed halves of a key. */
export type SealedHalves = Pick<StoredKey, 'kid' | 'privateJwe' | 'idPrivateJwe'>;

/** Stores private halves that were sealed again. */
export async function setPrivateHalves(
  tx: Tx,
  { kid, privateJwe, idPrivateJwe }: SealedHalves,
): Promise<void> {
  await tx.run('UPDATE signing_key SET private_jwe = $2, id_private_jwe = $3 WHERE kid = $1', [
    kid,
    privateJwe,
    idPrivateJwe,
  ]);
}
