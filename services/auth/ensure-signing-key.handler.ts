/** Makes the first signing key where there is none, and has every key in the bucket. */
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import type { Database } from '../../mixins/database/database.ts';
import { ACCESS_TOKEN_ALGORITHM } from '../../mixins/identity/access-token.ts';
import { entryOfKey } from './identity-entries.ts';
import { saveEntries } from './identity-entry.store.ts';
import { findSigningKeys, insertSigningKey, lockSigningKeys } from './signing-key.store.ts';

/** Any number of nodes may do this at the same time: one makes the key. */
export async function ensureSigningKey(database: Database): Promise<void> {
  const pair = await generateKeyPair(ACCESS_TOKEN_ALGORITHM, { crv: 'Ed25519', extractable: true });
  const kid = randomUUID();
  const key = {
    kid,
    publicJwk: { ...(await exportJWK(pair.publicKey)), kid, alg: ACCESS_TOKEN_ALGORITHM, use: 'sig' },
    privateJwk: { ...(await exportJWK(pair.privateKey)), kid, alg: ACCESS_TOKEN_ALGORITHM },
  };
  await database.inTransaction(async (tx) => {
    await lockSigningKeys(tx);
    const keys = await findSigningKeys(tx);
    if (keys.length > 0) return;
    await insertSigningKey(tx, key);
    await saveEntries(tx, [entryOfKey(key)]);
  });
}
