/** Changes a locked account, in the transaction of a use case (AUTH-3 to AUTH-5). */
import type { Tx } from '#mixins/database/database.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import { deleteCodesOf } from '../activation/activation-code.store.ts';
import type { CodeKind } from '../activation/activation-code.ts';
import type { Auth } from '../context.ts';
import { entryOfUser } from '../identity/identity-entries.ts';
import { publishEntries } from '../identity/publish-entries.step.ts';
import { revokeSessionsOf } from '../sessions/session.store.ts';
import { reportsOf } from './account-mails.ts';
import { otherActiveAdminExists, updateUser } from './user.store.ts';
import { changeUser, type User, type UserChanges } from './user.ts';
import { sessionRevokedEvent, userChangedEvent } from './user-events.ts';

export interface WantedChange {
  readonly changes: UserChanges;
  /** The hash of the new beak; null where the beak stays. */
  readonly beakHash: string | null;
  /** A session that goes on when the others end. Its tokens are outdated like theirs. */
  readonly exceptSession?: string | null;
}

/**
 * The kinds of codes that a change makes void, because they would still set a beak after it. A
 * mailed code is in the mailbox of the earlier address, whose owner may be somebody else.
 */
function outdatedCodes(before: User, after: User, isBeakNew: boolean): readonly CodeKind[] {
  if (isBeakNew || !after.active) return ['activation', 'recovery'];
  return after.email === before.email ? [] : ['recovery'];
}

/**
 * Returns the account after the change. Throws `last_admin`. Take `lockAdmins` before, where the
 * roles or `active` may change.
 */
export async function changeLocked(
  auth: Auth,
  tx: Tx,
  user: User,
  { changes, beakHash, exceptSession = null }: WantedChange,
  cause: Cause,
): Promise<User> {
  const change = changeUser(user, { ...changes, beak: beakHash !== null });
  if (change.kind === 'unchanged') return user;
  if (change.losesAdmin && !(await otherActiveAdminExists(tx, user.id))) throw new Problem('last_admin');

  await updateUser(tx, change.user, beakHash);
  const outdated = outdatedCodes(user, change.user, beakHash !== null);
  if (outdated.length > 0) await deleteCodesOf(tx, user.id, outdated);
  const reason = change.endsSessions;
  const ended = reason === null ? [] : await revokeSessionsOf(tx, user.id, reason, exceptSession);
  await appendEvents(tx, [
    userChangedEvent(change.user, cause),
    ...ended.map((session) => sessionRevokedEvent(session, reason ?? 'deactivated', cause)),
    ...reportsOf({ before: user, after: change.user, isBeakNew: beakHash !== null, at: Date.now() }, cause),
  ]);
  // Sessions need no entries here: the higher version invalidates all their tokens.
  if (change.outdatesTokens) await publishEntries(auth, tx, [entryOfUser(change.user)]);
  return change.user;
}
