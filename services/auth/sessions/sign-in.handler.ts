/** Signing in (AUTH-1). Every failure has the same answer and takes the same time. */
import type { Tx } from '#mixins/database/database.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import type { Auth, Tokens } from '../context.ts';
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

/**
 * Throws `wrong_credentials`; `too_many_requests` after too many refusals (without checking the
 * beak) or too many successes; `service_unavailable` when too many sign-ins wait.
 */
export async function signIn(
  auth: Auth,
  { login: typed, beak }: { readonly login: string; readonly beak: string },
  device: Device,
  cause: Cause,
): Promise<Tokens> {
  const login = typed.normalize('NFC');
  const attempt = attemptOf(await auth.loginSecret(), login, device.address);
  return auth.signIns.run(turnOf(attempt), () => judge(auth, attempt, { login, beak }, device, cause));
}

async function judge(
  auth: Auth,
  attempt: Attempt,
  { login, beak }: { readonly login: string; readonly beak: string },
  device: Device,
  cause: Cause,
): Promise<Tokens> {
  let { opened, right, found } = await tryBeak(auth, attempt, beak, device, cause);
  // The hash changed between the check and the opening: another sign-in renewed it, or the beak
  // changed.
  if (opened === undefined && right && found?.active) {
    ({ opened, right, found } = await tryBeak(auth, attempt, beak, device, cause));
  }
  if (opened !== undefined) {
    return issueTokens(auth, opened.key, opened.user, opened.session.id, opened.refreshToken);
  }
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

async function tryBeak(
  auth: Auth,
  attempt: Attempt,
  beak: string,
  device: Device,
  cause: Cause,
): Promise<Tried> {
  const known = await auth.database.inTransaction(async (tx) => {
    await refuseEarly(auth, tx, attempt);
    return findCredentials(tx, attempt.login);
  });
  const { right, found, renewed } = await auth.hasher.verify(beak, turnOf(attempt), known);
  const opened =
    right && found?.active ? await openSession(auth, { found, renewed }, attempt, device, cause) : undefined;
  return { right, found, opened };
}

/** Refuses an attempt that is over its limits, before the beak is checked. */
async function refuseEarly(auth: Auth, tx: Tx, attempt: Attempt): Promise<void> {
  const own = await isOwnNetwork(tx, attempt);
  await refuseGuesses(auth, tx, attempt, own);
  // From a foreign network, only the right beak may learn that the account's budget is spent: the
  // answer reveals that the account exists.
  await (own ? refuseSpentBudgets(auth, tx, attempt) : refuseSpentNetwork(auth, tx, attempt));
}
