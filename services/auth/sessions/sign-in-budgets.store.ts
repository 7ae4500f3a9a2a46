/**
 * Refuses sign-ins whose budgets are spent. Each check throws `too_many_requests` with the seconds
 * until the next attempt.
 */
import type { Tx } from '#mixins/database/database.ts';
import { Problem } from '#schemas/errors.ts';
import type { Auth } from '../context.ts';
import type { Attempt } from './attempt.ts';
import { guessesAt, refusalsOfNetwork } from './refusal.store.ts';
import { signedInFrom, signInsFrom, signInsOfAccount } from './session.store.ts';
import { minuteOf, secondsToGuess, secondsToWait } from './sign-in-limits.ts';

/**
 * A network counts as the account's own for this time after the last sign-in from it, in
 * milliseconds: 30 days. Sessions are stored as long.
 */
const OWN_NETWORK_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Whether the network has its own budget of wrong guesses for this account. All other networks
 * share one budget, so that a stranger cannot use up the owner's. A login without an account is
 * looked up in the same way and has no network of its own.
 */
export const isOwnNetwork = async (tx: Tx, { login, network }: Attempt): Promise<boolean> =>
  network !== null && (await signedInFrom(tx, login, network, OWN_NETWORK_MS));

/**
 * Refuses a guess after too many wrong ones at this account or from this network. `own` selects the
 * budget of the account.
 */
export async function refuseGuesses(auth: Auth, tx: Tx, attempt: Attempt, own: boolean): Promise<void> {
  const { signInLimitAccount, signInLimitAddress } = auth.config;
  const { minute, hour } = await guessesAt(tx, attempt, own, signInLimitAccount);
  const perAddress = minuteOf(signInLimitAddress);
  const ofAddress =
    attempt.network === null
      ? 0
      : secondsToWait(await refusalsOfNetwork(tx, attempt.network, perAddress), perAddress);
  refuseUntil(
    Math.max(secondsToGuess(minute, hour, signInLimitAccount), ofAddress),
    'Too many refused sign-ins; wait before the next',
  );
}

/** Refuses a sign-in after too many successes from this network. */
export async function refuseSpentNetwork(auth: Auth, tx: Tx, { network }: Attempt): Promise<void> {
  if (network === null) return;
  const budget = minuteOf(auth.config.signInBudgetAddress);
  refuseUntil(secondsToWait(await signInsFrom(tx, network, budget), budget), TOO_MANY);
}

/** Refuses a sign-in after too many successes of this account or from this network. */
export async function refuseSpentBudgets(auth: Auth, tx: Tx, attempt: Attempt): Promise<void> {
  const budget = minuteOf(auth.config.signInBudgetAccount);
  refuseUntil(secondsToWait(await signInsOfAccount(tx, attempt.login, budget), budget), TOO_MANY);
  await refuseSpentNetwork(auth, tx, attempt);
}

const TOO_MANY = 'Too many sign-ins; wait before the next';

function refuseUntil(retryAfter: number, detail: string): void {
  if (retryAfter > 0) throw new Problem('too_many_requests', detail, { retryAfter });
}
