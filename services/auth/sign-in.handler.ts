/** Signing in (AUTH-1). Whatever is wrong, the answer and the time it takes are the same. */
import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '../../mixins/database/database.ts';
import type { SigningKey } from '../../mixins/identity/issue.ts';
import { networkOf } from '../../mixins/network.ts';
import { appendEvents } from '../../mixins/outbox/append.ts';
import type { Cause } from '../../schemas/envelope.ts';
import { Problem } from '../../schemas/errors.ts';
import type { Auth, Tokens } from './context.ts';
import { drawRefreshToken, holdSigningKey, issueTokens } from './issue-tokens.handler.ts';
import { hashRefreshToken } from './refresh-token.ts';
import {
  type Attempt,
  insertRefusal,
  lockAttempt,
  refusalsOfAddress,
  refusalsOfLogin,
} from './refusal.store.ts';
import { insertRefreshToken, insertSession } from './session.store.ts';
import { type RefusalReason, type Session, triedLogin } from './session.ts';
import { secondsToWait } from './sign-in-limits.ts';
import { type Credentials, findCredentials, holdUser } from './user.store.ts';
import { isLogin, type User } from './user.ts';
import { sessionOpenedEvent, sessionRefusedEvent } from './user-events.ts';

/** Throws `wrong_credentials`, or `too_many_requests` after too many refusals, and then without looking at the beak. */
export async function signIn(
  auth: Auth,
  { login, beak }: { readonly login: string; readonly beak: string },
  cause: Cause,
): Promise<Tokens> {
  const attempt = {
    loginHash: createHash('sha256').update(login).digest(),
    address: cause.actorAddress === null ? null : networkOf(cause.actorAddress),
  };
  // Before waiting for a turn, so that a flood of guesses does not fill the queue; and again when it has come.
  await auth.database.inTransaction((tx) => refuseGuesses(auth, tx, attempt));
  const { right, found } = await auth.hasher.verify(beak, () =>
    auth.database.inTransaction(async (tx) => {
      await refuseGuesses(auth, tx, attempt);
      // What can be no login is not asked for: PostgreSQL refuses some texts.
      return isLogin(login) ? findCredentials(tx, login) : undefined;
    }),
  );
  const opened = right && found?.active ? await openSession(auth, found, cause) : undefined;
  if (opened !== undefined) {
    return issueTokens(auth, opened.key, opened.user, opened.session.id, opened.refreshToken);
  }
  const reason = found === undefined ? 'unknown_login' : right ? 'inactive' : 'wrong_beak';
  await refuse(auth, attempt, { login, userId: found?.id ?? null, reason }, cause);
  throw new Problem('wrong_credentials');
}

interface Opened {
  readonly user: User;
  readonly session: Session;
  readonly refreshToken: string;
  readonly key: SigningKey;
}

/** Returns undefined where the account was deactivated or got another beak since it was read. */
async function openSession(auth: Auth, read: Credentials, cause: Cause): Promise<Opened | undefined> {
  const refreshToken = drawRefreshToken();
  return auth.database.inTransaction(async (tx) => {
    const user = await holdUser(tx, read.id);
    if (user === undefined || !user.active || user.beakHash !== read.beakHash) return undefined;
    const session = { id: uuidv7(), userId: user.id, revoked: false };
    await insertSession(tx, session);
    await insertRefreshToken(tx, session.id, hashRefreshToken(refreshToken));
    await appendEvents(tx, [sessionOpenedEvent(session, user.login, cause)]);
    return { user, session, refreshToken, key: await holdSigningKey(auth, tx) };
  });
}

/** Counts the refusal. Guesses that were made side by side are told apart here: those beyond the limit are 429, and no events. */
async function refuse(
  auth: Auth,
  attempt: Attempt,
  tried: { readonly login: string; readonly userId: string | null; readonly reason: RefusalReason },
  cause: Cause,
): Promise<void> {
  const id = uuidv7();
  await auth.database.inTransaction(async (tx) => {
    await lockAttempt(tx, attempt);
    await refuseGuesses(auth, tx, attempt);
    await insertRefusal(tx, id, attempt);
    const event = sessionRefusedEvent(id, triedLogin(tried.login), tried.userId, tried.reason, cause);
    await appendEvents(tx, [event]);
  });
}

async function refuseGuesses(auth: Auth, tx: Tx, attempt: Attempt): Promise<void> {
  const { signInLimitAccount, signInLimitAddress } = auth.config;
  const ofLogin = await refusalsOfLogin(tx, attempt, signInLimitAccount);
  const ofAddress = await refusalsOfAddress(tx, attempt, signInLimitAddress);
  const retryAfter = Math.max(
    secondsToWait(ofLogin, signInLimitAccount),
    secondsToWait(ofAddress, signInLimitAddress),
  );
  if (retryAfter > 0) {
    throw new Problem('too_many_requests', 'Too many refused sign-ins; wait before the next', { retryAfter });
  }
}
