/**
 * Seals keys again that were sealed with an earlier secret, such as the password of DATABASE_URL.
 */
import type { Tx } from '#mixins/database/database.ts';
import type { Auth } from '../context.ts';
import { KeyUnreadableError, type KeyVault } from './key-vault.client.ts';
import { lockKeys, readKeys, type SealedHalves, setPrivateHalves } from './signing-key.store.ts';
import type { StoredKey } from './signing-keys.ts';

/** Returns the number of resealed keys. Any number of nodes may do this at the same time. */
export async function resealKeys(
  { database, vault }: Pick<Auth, 'database' | 'vault'>,
  earlier: readonly KeyVault[],
): Promise<number> {
  const pass = async (tx: Tx): Promise<SealedHalves[]> => {
    const { keys } = await readKeys(tx);
    const resealed: SealedHalves[] = [];
    for (const key of keys) {
      const halves = await resealedBy(vault, earlier, key);
      if (halves !== null) resealed.push(halves);
    }
    return resealed;
  };
  // Every node checks at its start, and hardly any check finds a key. Without a find, no lock is
  // taken.
  if ((await database.inTransaction(pass)).length === 0) return 0;
  return database.inTransaction(async (tx) => {
    await lockKeys(tx);
    const resealed = await pass(tx);
    for (const halves of resealed) await setPrivateHalves(tx, halves);
    return resealed.length;
  });
}

/**
 * Null when the vault opens the key itself, the key is stored in plain text, or no earlier vault
 * opens it.
 */
async function resealedBy(
  vault: KeyVault,
  earlier: readonly KeyVault[],
  key: StoredKey,
): Promise<SealedHalves | null> {
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
