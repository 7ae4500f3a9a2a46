/** Signing keys in SQL. */
import type { Tx } from '../../mixins/database/database.ts';
import type { StoredKey } from './signing-keys.ts';

/** All keys, the oldest first. */
export async function findSigningKeys(tx: Tx): Promise<StoredKey[]> {
  return tx.rows<StoredKey>(
    `SELECT kid, public_jwk AS "publicJwk", private_jwk AS "privateJwk", signs_from AS "signsFrom", retired_at AS "retiredAt"
     FROM signing_key ORDER BY signs_from`,
  );
}

/** The first key is made by one node only; the lock ends with the transaction. */
export async function lockSigningKeys(tx: Tx): Promise<void> {
  await tx.rows(`SELECT pg_advisory_xact_lock(hashtextextended('auth:signing-keys', 0))`);
}

/** Adds a key that signs from now on. */
export async function insertSigningKey(
  tx: Tx,
  key: Pick<StoredKey, 'kid' | 'publicJwk' | 'privateJwk'>,
): Promise<void> {
  await tx.run(
    'INSERT INTO signing_key (kid, public_jwk, private_jwk, signs_from) VALUES ($1, $2, $3, now())',
    [key.kid, JSON.stringify(key.publicJwk), JSON.stringify(key.privateJwk)],
  );
}
