/** Seals keys with the secret of today that were sealed with one from before, such as the password of DATABASE_URL. */
import type { Tx } from '#mixins/database/database.ts';
import type { Auth } from '../context.ts';
import { KeyUnreadableError, type KeyVault } from './key-vault.client.ts';
import { lockKeys, readKeys, setPrivateJwe } from './signing-key.store.ts';
import type { StoredKey } from './signing-keys.ts';

/** How an earlier vault's key is sealed today; null where it needs or allows no other seal. */
type Resealed = Pick<StoredKey, 'kid'> & { readonly privateJwe: string };

/** Returns how many keys were sealed again. Any number of nodes may do this at the same time. */
export async function resealKeys(
  { database, vault }: Pick<Auth, 'database' | 'vault'>,
  earlier: readonly KeyVault[],
): Promise<number> {
  const pass = async (tx: Tx): Promise<Resealed[]> => {
    const { keys } = await readKeys(tx);
    const resealed: Resealed[] = [];
    for (const key of keys) {
      const privateJwe = await resealedBy(vault, earlier, key);
      if (privateJwe !== null) resealed.push({ kid: key.kid, privateJwe });
    }
    return resealed;
  };
  // Every start of a node looks, and hardly any finds something: those that find nothing take no lock.
  if ((await database.inTransaction(pass)).length === 0) return 0;
  return database.inTransaction(async (tx) => {
    await lockKeys(tx);
    const resealed = await pass(tx);
    for (const { kid, privateJwe } of resealed) await setPrivateJwe(tx, kid, privateJwe);
    return resealed.length;
  });
}

/** Null where the vault opens the key itself, the key is kept in plain, or none of the earlier ones opens it. */
async function resealedBy(
  vault: KeyVault,
  earlier: readonly KeyVault[],
  key: StoredKey,
): Promise<string | null> {
  if (key.privateJwe === null || (await opens(vault, key))) return null;
  for (const from of earlier) if (await opens(from, key)) return vault.reseal(key, from);
  return null;
}

export async function opens(vault: KeyVault, key: StoredKey): Promise<boolean> {
  try {
    await vault.open(key);
    return true;
  } catch (error) {
    if (error instanceof KeyUnreadableError) return false;
    throw error;
  }
}
