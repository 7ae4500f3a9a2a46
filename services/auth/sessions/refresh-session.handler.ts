/**
 * Exchanges a refresh token for a new pair of tokens (AUTH-14). A second use within 20 seconds
 * gives the same successor. A later one ends its session at once, and no other session: somebody
 * may have stolen the token.
 */
import type { SigningKey } from '#mixins/identity/issue.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import type { Auth, Tokens } from '../context.ts';
import { type Credentials, lockUserShared } from '../users/user.store.ts';
import { issueTokens, readSigningKey } from './issue-tokens.step.ts';
import { publishRevocations } from './publish-revocations.step.ts';
import {
  findRefreshToken,
  findSessionOfToken,
  insertRefreshToken,
  lockSession,
  markTokenUsed,
  revokeSession,
} from './session.store.ts';
import { type Device, hashRefreshToken, successorOf, type UseOfToken, useOfToken } from './session.ts';

type Outcome =
  | {
      readonly use: 'rotate' | 'repeat';
      readonly user: Credentials;
      readonly sessionId: string;
      readonly key: SigningKey;
    }
  | { readonly use: Exclude<UseOfToken, 'rotate' | 'repeat'> | 'unknown' };

/** Throws `invalid_token` (unknown, used before, session over) or `token_expired`. */
export async function refreshSession(
  auth: Auth,
  refreshToken: string,
  device: Device,
  cause: Cause,
): Promise<Tokens> {
  const next = successorOf(await auth.refreshSecret(), refreshToken);
  // A reuse must be committed before it is refused. An error thrown inside would roll it back.
  const outcome = await useToken(auth, hashRefreshToken(refreshToken), hashRefreshToken(next), device, cause);
  switch (outcome.use) {
    case 'rotate':
    case 'repeat':
      return issueTokens(auth, outcome.key, outcome.user, outcome.sessionId, next);
    case 'expired':
      throw new Problem('token_expired');
    case 'unknown':
    case 'ended':
    case 'reused':
      throw new Problem('invalid_token');
    default:
      return outcome satisfies never;
  }
}

/**
 * Two requests with one token serialize on the session's lock: the second one finds the token used,
 * and gets the same successor.
 */
function useToken(auth: Auth, hash: Buffer, next: Buffer, device: Device, cause: Cause): Promise<Outcome> {
  return auth.database.inTransaction<Outcome>(async (tx) => {
    const owner = await findSessionOfToken(tx, hash);
    if (owner === undefined) return { use: 'unknown' };
    const user = await lockUserShared(tx, owner.userId);
    const session = await lockSession(tx, owner.id);
    const token = await findRefreshToken(tx, hash);
    if (user === undefined || session === undefined || token === undefined) return { use: 'unknown' };
    const use = useOfToken(token, session, user.active);
    // A token from before successors were derived has another successor.
    const isKnown = use === 'repeat' && (await findRefreshToken(tx, next)) !== undefined;
    if (isKnown) return { use, user, sessionId: session.id, key: await readSigningKey(auth, tx) };
    if (use === 'rotate') {
      await markTokenUsed(tx, hash);
      await insertRefreshToken(tx, session.id, next, device);
      return { use, user, sessionId: session.id, key: await readSigningKey(auth, tx) };
    }
    if (use === 'reused' || use === 'repeat') {
      await revokeSession(tx, session.id, 'refresh_token_reused');
      await publishRevocations(auth, tx, [session], 'refresh_token_reused', cause);
    }
    return { use: use === 'repeat' ? 'reused' : use };
  });
}
