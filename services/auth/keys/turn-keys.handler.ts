/**
 * Continues a rotation of keys: performs the steps that are due by time and by the state of the
 * bucket.
 */
import type { Auth } from '../context.ts';
import { entryOfKey } from '../identity/identity-entries.ts';
import { putKeys } from '../identity/identity-entry.store.ts';
import { withdraw } from './rotate-keys.handler.ts';
import { keysAreDue, lockKeys, readKeys, retireKeys, setSignsFrom } from './signing-key.store.ts';
import { dueStepsAt, lastTokenEnds, PUBLISHED_BEFORE_MS } from './signing-keys.ts';

/**
 * One bounded pass. Returns the number of keys that changed. Any number of nodes may do this at the
 * same time.
 */
export async function turnKeysOnce(auth: Auth): Promise<number> {
  return auth.database.inTransaction(async (tx) => {
    if (!(await keysAreDue(tx))) return 0;
    await lockKeys(tx);
    const { keys, now } = await readKeys(tx);
    const put = await putKeys(
      tx,
      keys.map((key) => entryOfKey(key).key),
    );
    const { begins, withdrawn } = dueStepsAt(keys, now, (key) => put.has(entryOfKey(key).key));
    if (begins !== undefined) {
      const signsFrom = new Date(now.getTime() + PUBLISHED_BEFORE_MS);
      const others = keys.filter(({ kid }) => kid !== begins.kid).map(({ kid }) => kid);
      await setSignsFrom(tx, begins.kid, signsFrom);
      await retireKeys(tx, others, lastTokenEnds(signsFrom));
    }
    await withdraw(auth, tx, withdrawn);
    return withdrawn.length + (begins === undefined ? 0 : 1);
  });
}
