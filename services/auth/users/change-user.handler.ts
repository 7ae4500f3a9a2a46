/** Changes an account (AUTH-3 to AUTH-5). */
import type { Tx } from '#mixins/database/database.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { Cause } from '#schemas/envelope.ts';
import { invalidField, Problem } from '#schemas/errors.ts';
import type { Auth } from '../context.ts';
import { entryOfUser } from '../identity/identity-entries.ts';
import { publishEntries } from '../identity/publish-entries.step.ts';
import { revokeSessionsOf } from '../sessions/session.store.ts';
import { refuseWeakBeak } from './beak.ts';
import { lockAdmins, lockUser, otherActiveAdminExists, updateUser } from './user.store.ts';
import { changeUser, type UserChanges, type UserView, viewOf } from './user.ts';
import { sessionRevokedEvent, userChangedEvent } from './user-events.ts';

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
  wanted: WantedChanges,
  cause: Cause,
): Promise<UserView> {
  if (Object.keys(wanted).length === 0) {
    const error = { field: 'body', code: 'required', message: 'At least one field is required' };
    throw invalidField(error, 'Name at least one field to change');
  }
  const beakHash = wanted.beak === undefined ? null : await auth.hasher.hash(wanted.beak);
  return auth.database.inTransaction((tx) => apply(auth, tx, id, wanted, beakHash, cause));
}

async function apply(
  auth: Auth,
  tx: Tx,
  id: string,
  wanted: WantedChanges,
  beakHash: string | null,
  cause: Cause,
): Promise<UserView> {
  // Locked before the account: otherwise two admins who demote each other would deadlock.
  if (wanted.active === false || wanted.roles !== undefined) await lockAdmins(tx);
  const user = await lockUser(tx, id);
  if (user === undefined) throw new Problem('not_found');
  if (wanted.beak !== undefined) refuseWeakBeak(wanted.beak, user.login);
  const change = changeUser(user, { ...wanted, beak: wanted.beak !== undefined });
  if (change.kind === 'unchanged') return viewOf(user);
  if (change.losesAdmin && !(await otherActiveAdminExists(tx, id))) throw new Problem('last_admin');

  await updateUser(tx, change.user, beakHash);
  const reason = change.endsSessions;
  const ended = reason === null ? [] : await revokeSessionsOf(tx, id, reason);
  await appendEvents(tx, [
    userChangedEvent(change.user, cause),
    ...ended.map((session) => sessionRevokedEvent(session, reason ?? 'deactivated', cause)),
  ]);
  // Sessions need no entries here: the higher version invalidates all their tokens.
  if (change.outdatesTokens) await publishEntries(auth, tx, [entryOfUser(change.user)]);
  return viewOf(change.user);
}
