/** Signing in (AUTH-1). Every failure has the same answer and takes the same time. */
import type { Tx } from '#mixins/database/database.ts';
import type { ActionParams } from '#schemas/action.ts';
import type login from '#schemas/actions/auth/login.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import type { Auth, Tokens } from '../context.ts';
import { refuseSameBeak, refuseWeakBeak } from '../users/beak.ts';
import { type Credentials, findCredentials } from '../users/user.store.ts';
import type { Attempt } from './attempt.ts';
import { attemptOf, turnOf } from './attempt.ts';
import { countRefusal } from './count-refusal.handler.ts';
import { issueTokens } from './issue-tokens.step.ts';
import { type Opened, openSession } from './open-session.step.ts';
import type { Device } from './session.ts';
import {
  isOwnNetwork,
  refuseGuesses,
  refuseSpentBudgets,
  refuseSpentNetwork,
} from './sign-in-budgets.store.ts';

/** A request to sign in. */
interface SignIn {
  /** In NFC. */
  readonly login: string;
  readonly beak: string;
  /** Replaces the beak. */
  readonly next: string | undefined;
  readonly device: Device;
  readonly cause: Cause;
}

/**
 * Throws `wrong_credentials`; `too_many_requests` after too many refusals (without checking the
 * beak) or too many successes; `service_unavailable` when too many sign-ins wait. Only for the
 * right beak it throws `beak_change_required`, or `validation_failed` for a weak `next`.
 */
export async function signIn(
  auth: Auth,
  { login: typed, beak, next }: ActionParams<typeof login>,
  device: Device,
  cause: Cause,
): Promise<Tokens> {
  const { key, user, session, refreshToken } = await signInSession(
    auth,
    { login: typed, beak, next },
    device,
    cause,
  );
  return issueTokens(auth, key, user, session.id, refreshToken);
}

/** Likewise, for callers that give out no access token. */
export async function signInSession(
  auth: Auth,
  { login: typed, beak, next }: ActionParams<typeof login>,
  device: Device,
  cause: Cause,
): Promise<Opened> {
  const request = { login: typed.normalize('NFC'), beak, next: next ?? undefined, device, cause };
  const attempt = attemptOf(await auth.loginSecret(), request.login, device.address);
  return auth.signIns.run(turnOf(attempt), () => judge(auth, attempt, request));
}

async function judge(auth: Auth, attempt: Attempt, request: SignIn): Promise<Opened> {
  let { opened, right, found } = await tryBeak(auth, attempt, request);
  // The hash changed between the check and the opening: another sign-in renewed it, or the beak
  // changed.
  if (opened === undefined && right && found?.active) {
    ({ opened, right, found } = await tryBeak(auth, attempt, request));
  }
  if (opened !== undefined) return opened;
  const { login, cause } = request;
  const reason = found === undefined ? 'unknown_login' : right ? 'inactive' : 'wrong_beak';
  await countRefusal(auth, attempt, { login, userId: found?.id ?? null, reason }, cause);
  throw new Problem('wrong_credentials');
}

interface Tried {
  readonly right: boolean;
  readonly found: Credentials | undefined;
  /** Undefined when the beak is wrong, or when the account is inactive or has changed meanwhile. */
  readonly opened: Opened | undefined;
}

async function tryBeak(auth: Auth, attempt: Attempt, request: SignIn): Promise<Tried> {
  const { beak, next, device, cause } = request;
  const known = await auth.database.inTransaction(async (tx) => {
    await refuseEarly(auth, tx, attempt);
    return findCredentials(tx, attempt.login);
  });
  const { right, found, renewed } = await auth.hasher.verify(beak, turnOf(attempt), known);
  if (!right || !found?.active) return { right, found, opened: undefined };
  const nextHash = next === undefined ? null : await hashNext(auth, found, { beak, next });
  const opened = await openSession(auth, { found, renewed, nextHash }, attempt, device, cause);
  return { right, found, opened };
}

async function hashNext(
  auth: Auth,
  found: Credentials,
  { beak, next }: { readonly beak: string; readonly next: string },
): Promise<string> {
  refuseWeakBeak(next, found.login, 'next');
  refuseSameBeak(next, beak, 'next');
  return auth.hasher.hash(next);
}

/** Refuses an attempt that is over its limits, before the beak is checked. */
async function refuseEarly(auth: Auth, tx: Tx, attempt: Attempt): Promise<void> {
  const own = await isOwnNetwork(tx, attempt);
  await refuseGuesses(auth, tx, attempt, own);
  // From a foreign network, only the right beak may learn that the account's budget is spent: the
  // answer reveals that the account exists.
  await (own ? refuseSpentBudgets(auth, tx, attempt) : refuseSpentNetwork(auth, tx, attempt));
}
