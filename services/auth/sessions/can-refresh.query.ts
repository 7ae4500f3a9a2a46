/** Whether this node can refresh tokens now (AUTH-7). */
import type { Database } from '#mixins/database/database.ts';
import { isRetryable } from '#mixins/database/errors.ts';
import { readKeys } from '../keys/signing-key.store.ts';
import { signingKeyAt } from '../keys/signing-keys.ts';

/** False while the primary is away, or no key may sign. A replica is not enough. */
export async function canRefresh(database: Database): Promise<boolean> {
  try {
    const { keys, now } = await database.inTransaction(readKeys);
    return signingKeyAt(keys, now) !== undefined;
  } catch (error) {
    if (isRetryable(error)) return false;
    throw error;
  }
}
