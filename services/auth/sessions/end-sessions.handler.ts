/** Ends sessions of an account at the wish of its owner or of an admin (AUTH-8). */
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import type { Auth } from '../context.ts';
import { lockUser, lockUserShared } from '../users/user.store.ts';
import { publishRevocations } from './publish-revocations.step.ts';
import { lockOpenSession, revokeSession, revokeSessionsOf } from './session.store.ts';

/** Throws `not_found` where the account has no open session with this id. */
export async function endSession(auth: Auth, userId: string, id: string, cause: Cause): Promise<void> {
  await auth.database.inTransaction(async (tx) => {
    await lockUserShared(tx, userId);
    const session = await lockOpenSession(tx, id, userId);
    if (session === undefined) throw new Problem('not_found');
    await revokeSession(tx, session.id, 'ended');
    await publishRevocations(auth, tx, [session], 'ended', cause);
  });
}

/** Ends all sessions but `except`. Throws `not_found` for an unknown account. */
export async function endSessions(
  auth: Auth,
  userId: string,
  except: string | null,
  cause: Cause,
): Promise<void> {
  await auth.database.inTransaction(async (tx) => {
    // Exclusive, so that no sign-in opens another one meanwhile.
    if ((await lockUser(tx, userId)) === undefined) throw new Problem('not_found');
    const ended = await revokeSessionsOf(tx, userId, 'ended', except);
    await publishRevocations(auth, tx, ended, 'ended', cause);
  });
}
