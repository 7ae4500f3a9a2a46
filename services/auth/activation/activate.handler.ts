/**
 * The owner of an account sets its beak by a one-time code (AUTH-11). Codes are guessed like beaks.
 */
import type { ActionParams } from '#schemas/action.ts';
import type activateAction from '#schemas/actions/auth/activate.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import type { Auth } from '../context.ts';
import { type Attempt, attemptOf, turnOf } from '../sessions/attempt.ts';
import { countRefusal } from '../sessions/count-refusal.handler.ts';
import { refuseGuesses } from '../sessions/sign-in-budgets.store.ts';
import { refuseWeakBeak } from '../users/beak.ts';
import { changeLocked } from '../users/change-user.step.ts';
import { lockUser } from '../users/user.store.ts';
import { ownerOfCode, takeCode } from './activation-code.store.ts';
import { hashOfCode, normalCode } from './activation-code.ts';

/**
 * Ends all sessions of the account. Throws `wrong_code` for a code that is unknown, used, replaced
 * or too old; `too_many_requests` after too many of these; `validation_failed` for a weak beak,
 * which leaves the code valid.
 */
export async function activate(
  auth: Auth,
  { code, beak }: ActionParams<typeof activateAction>,
  cause: Cause,
): Promise<void> {
  // A code is no login. The blank keeps the digests of the two apart.
  const attempt = attemptOf(await auth.loginSecret(), `code ${normalCode(code)}`, cause.actorAddress);
  const hash = hashOfCode(code);
  await auth.signIns.run(turnOf(attempt), async () => {
    const owner = await auth.database.inTransaction(async (tx) => {
      await refuseGuesses(auth, tx, attempt, false);
      return ownerOfCode(tx, hash);
    });
    if (owner === undefined) return refuse(auth, attempt, cause);
    refuseWeakBeak(beak, owner.login);
    const beakHash = await auth.hasher.hash(beak);
    if (!(await redeem(auth, owner.id, hash, beakHash, cause))) return refuse(auth, attempt, cause);
  });
}

/** Of two requests with one code, the second one finds it gone. */
function redeem(auth: Auth, userId: string, hash: Buffer, beakHash: string, cause: Cause): Promise<boolean> {
  return auth.database.inTransaction(async (tx) => {
    const user = await lockUser(tx, userId);
    if (!user?.active || !(await takeCode(tx, userId, hash))) return false;
    await changeLocked(auth, tx, user, { changes: {}, beakHash }, { ...cause, actorId: userId });
    return true;
  });
}

async function refuse(auth: Auth, attempt: Attempt, cause: Cause): Promise<never> {
  await countRefusal(auth, attempt, { login: '', userId: null, reason: 'wrong_code' }, cause);
  throw new Problem('wrong_code');
}
