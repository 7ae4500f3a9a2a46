/** Ends the session of a refresh token, even of a used one. */
import type { Cause } from '#schemas/envelope.ts';
import type { Auth } from '../context.ts';
import { lockUserShared } from '../users/user.store.ts';
import { publishRevocations } from './publish-revocations.step.ts';
import { findSessionOfToken, lockSession, revokeSession } from './session.store.ts';
import { hashRefreshToken } from './session.ts';

/** Changes nothing when the token is unknown or its session has ended. */
export async function signOut(auth: Auth, refreshToken: string, cause: Cause): Promise<void> {
  const hash = hashRefreshToken(refreshToken);
  await auth.database.inTransaction(async (tx) => {
    const owner = await findSessionOfToken(tx, hash);
    if (owner === undefined) return;
    await lockUserShared(tx, owner.userId);
    const session = await lockSession(tx, owner.id);
    if (session === undefined || session.revoked) return;
    await revokeSession(tx, session.id, 'signed_out');
    await publishRevocations(auth, tx, [session], 'signed_out', { ...cause, actorId: session.userId });
  });
}
