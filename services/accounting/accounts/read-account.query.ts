/** Shows an account: its balance and today's result (ACC-3). */
import type { Database } from '#mixins/database/database.ts';
import type { Actor } from '#mixins/identity/identity.ts';
import { Problem } from '#schemas/errors.ts';
import type { Config } from '../../../config.ts';
import { ownerAskedFor } from './ownership.ts';
import { readAccountFigures } from './statement.store.ts';

export interface AccountAnswer {
  readonly userId: string;
  /** Minor units, as all amounts. */
  readonly balance: number;
  readonly currency: string;
  /** Fees and rewards of the open business day. `net` = `earned` − `charged`. */
  readonly today: { readonly charged: number; readonly earned: number; readonly net: number };
}

/**
 * Throws `forbidden` for another user's account, and `not_found` for a user that no event and no
 * posting has named.
 */
export async function readAccount(
  database: Database,
  config: Config,
  actor: Actor,
  meOrId: string,
): Promise<AccountAnswer> {
  const userId = ownerAskedFor(actor, meOrId);
  const { known, balance, charged, earned } = await readAccountFigures(database, userId);
  // The caller exists, even if the copy of users does not contain them yet.
  if (!known && userId !== actor.userId) throw new Problem('not_found');
  return { userId, balance, currency: config.currency, today: { charged, earned, net: earned - charged } };
}
