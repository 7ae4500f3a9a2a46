/** Changes an account (AUTH-3 to AUTH-5). */
import type { Cause } from '#schemas/envelope.ts';
import { invalidField, Problem } from '#schemas/errors.ts';
import type { Auth } from '../context.ts';
import { refuseWeakBeak } from './beak.ts';
import { changeLocked } from './change-user.step.ts';
import { lockAdmins, lockUser } from './user.store.ts';
import { type UserChanges, type UserView, viewOf } from './user.ts';

/** The fields that an admin changes. */
export interface WantedChanges extends Omit<UserChanges, 'beak'> {
  readonly beak?: string | undefined;
}

/**
 * `wanted` has only the fields that the request names. Fields that equal the current ones change
 * nothing. Throws `validation_failed` when no field is named or the beak is weak, `not_found`,
 * `last_admin`.
 */
export async function changeAccount(
  auth: Auth,
  id: string,
  { beak, ...changes }: WantedChanges,
  cause: Cause,
): Promise<UserView> {
  if (beak === undefined && Object.keys(changes).length === 0) {
    const error = { field: 'body', code: 'required', message: 'At least one field is required' };
    throw invalidField(error, 'Name at least one field to change');
  }
  const beakHash = beak === undefined ? null : await auth.hasher.hash(beak);
  return auth.database.inTransaction(async (tx) => {
    // Locked before the account: otherwise two admins who demote each other would deadlock.
    if (changes.active === false || changes.roles !== undefined) await lockAdmins(tx);
    const user = await lockUser(tx, id);
    if (user === undefined) throw new Problem('not_found');
    if (beak !== undefined) refuseWeakBeak(beak, user.login);
    return viewOf(await changeLocked(auth, tx, user, { changes, beakHash }, cause));
  });
}
