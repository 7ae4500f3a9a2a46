/** Signing in (AUTH-1). Every failure has the same answer and takes the same time. */
import type { KeyObject } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '#mixins/database/database.ts';
import { networkOf } from '#mixins/network.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import type { Auth, Tokens } from '../context.ts';
import { type Credentials, findCredentials } from '../users/user.store.ts';
import { isLogin } from '../users/user.ts';
import { sessionRefusedEvent } from '../users/user-events.ts';
import type { Turn } from './fair-turns.ts';
import { issueTokens } from './issue-tokens.step.ts';
import { judgeAttempt } from './judge-attempt.handler.ts';
import { type Opened, openSession } from './open-session.step.ts';
import { type Attempt, insertRefusal } from './refusal.store.ts';
import type { RefusalReason } from './session.ts';
import {
  isOwnNetwork,
  refuseGuesses,
  refuseSpentBudgets,
  refuseSpentNetwork,
} from './sign-in-budgets.store.ts';
import { digestOfLogin, keptLogin } from './tried-login.ts';

/**
 * Throws `wrong_credentials`; `too_many_requests` after too many refusals (without checking the
 * beak) or too many successes; `service_unavailable` when too many sign-ins wait.
 */
export async function signIn(
  auth: Auth,
  { login: typed, beak }: { readonly login: string; readonly beak: string },
  cause: Cause,
): Promise<Tokens> {
  const login = typed.normalize('NFC');
  const attempt = attemptOf(await auth.loginSecret(), login, cause.actorAddress);
  return auth.signIns.run(turnOf(attempt), () => judge(auth, attempt, { login, beak }, cause));
}

async function judge(
  auth: Auth,
  attempt: Attempt,
  { login, beak }: { readonly login: string; readonly beak: string },
  cause: Cause,
): Promise<Tokens> {
  let { opened, right, found } = await tryBeak(auth, attempt, beak, cause);
  // The hash changed between the check and the opening: another sign-in renewed it, or the beak
  // changed.
  if (opened === undefined && right && found?.active) {
    ({ opened, right, found } = await tryBeak(auth, attempt, beak, cause));
  }
  if (opened !== undefined) {
    return issueTokens(auth, opened.key, opened.user, opened.session.id, opened.refreshToken);
  }
  const reason = found === undefined ? 'unknown_login' : right ? 'inactive' : 'wrong_beak';
  await refuse(auth, attempt, { login, userId: found?.id ?? null, reason }, cause);
  throw new Problem('wrong_credentials');
}

interface Tried {
  readonly right: boolean;
  readonly found: Credentials | undefined;
  /** Undefined when the beak is wrong, or when the account is inactive or has changed meanwhile. */
  readonly opened: Opened | undefined;
}

async function tryBeak(auth: Auth, attempt: Attempt, beak: string, cause: Cause): Promise<Tried> {
  const known = await auth.database.inTransaction(async (tx) => {
    await refuseEarly(auth, tx, attempt);
    return findCredentials(tx, attempt.login);
  });
  const { right, found, renewed } = await auth.hasher.verify(beak, turnOf(attempt), known);
  const opened =
    right && found?.active ? await openSession(auth, { found, renewed }, attempt, cause) : undefined;
  return { right, found, opened };
}

/** Text that can't be a login is not looked up: PostgreSQL refuses some texts. */
const attemptOf = (secret: KeyObject, login: string, address: string | null): Attempt => ({
  login: isLogin(login) ? login : '',
  loginHash: digestOfLogin(secret, login),
  network: address === null ? null : networkOf(address),
});

const turnOf = ({ loginHash, network }: Attempt): Turn => ({
  network: network ?? '',
  account: loginHash.toString('hex'),
});

/** Refuses an attempt that is over its limits, before the beak is checked. */
async function refuseEarly(auth: Auth, tx: Tx, attempt: Attempt): Promise<void> {
  const own = await isOwnNetwork(tx, attempt);
  await refuseGuesses(auth, tx, attempt, own);
  // From a foreign network, only the right beak may learn that the account's budget is spent: the
  // answer reveals that the account exists.
  await (own ? refuseSpentBudgets(auth, tx, attempt) : refuseSpentNetwork(auth, tx, attempt));
}

/**
 * Counts the refusal. Concurrent guesses are judged again here: those beyond the limit get a 429
 * and no event.
 */
async function refuse(
  auth: Auth,
  attempt: Attempt,
  tried: { readonly login: string; readonly userId: string | null; readonly reason: RefusalReason },
  cause: Cause,
): Promise<void> {
  const id = uuidv7();
  await judgeAttempt(auth, attempt, async (tx) => {
    const own = await isOwnNetwork(tx, attempt);
    await refuseGuesses(auth, tx, attempt, own);
    await insertRefusal(tx, id, attempt, own);
    const login = keptLogin(tried.login, attempt.loginHash, tried.userId !== null);
    await appendEvents(tx, [sessionRefusedEvent(id, login, tried.userId, tried.reason, cause)]);
  });
}
