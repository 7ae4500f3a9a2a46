/** Changes one's own beak (AUTH-9). The current beak is guessed as rarely as at a sign-in. */
import type { Tx } from '#mixins/database/database.ts';
import { type IdempotentRequest, wasAnswered, withIdempotency } from '#mixins/database/idempotency.ts';
import type { Request } from '#mixins/identity/request.ts';
import type { ActionParams } from '#schemas/action.ts';
import type changeMyBeakAction from '#schemas/actions/auth/change-my-beak.ts';
import { Problem } from '#schemas/errors.ts';
import type { Auth } from '../context.ts';
import type { Attempt } from '../sessions/attempt.ts';
import { attemptOf, turnOf } from '../sessions/attempt.ts';
import { countRefusal } from '../sessions/count-refusal.handler.ts';
import { isOwnNetwork, refuseGuesses } from '../sessions/sign-in-budgets.store.ts';
import { refuseSameBeak, refuseWeakBeak } from './beak.ts';
import { changeLocked } from './change-user.step.ts';
import { hidingBeaks } from './hide-beaks.client.ts';
import { type Credentials, findCredentials, lockUser } from './user.store.ts';

type Beaks = ActionParams<typeof changeMyBeakAction>;

/**
 * Throws `wrong_credentials`, `too_many_requests`, `validation_failed` for a weak or unchanged
 * beak, and what `withIdempotency` throws. A repeated request is not compared with the new beak:
 * its kept answer comes first.
 */
export async function changeMyBeak(auth: Auth, beaks: Beaks, request: Request): Promise<void> {
  const { actor, cause } = request;
  const attempt = attemptOf(await auth.loginSecret(), actor.login, cause.actorAddress);
  await auth.signIns.run(turnOf(attempt), async () => {
    const idempotency = await hidingBeaks(auth, request.idempotency, beaks, ['current', 'next']);
    const found = await auth.database.inTransaction((tx) => begin(auth, tx, attempt, idempotency));
    if (found === 'answered') return;
    const { right } = await auth.hasher.verify(beaks.current, turnOf(attempt), found);
    if (!right || found === undefined) {
      const tried = { login: actor.login, userId: actor.userId, reason: 'wrong_beak' } as const;
      await countRefusal(auth, attempt, tried, cause);
      throw new Problem('wrong_credentials', 'The current beak is wrong');
    }
    await change(auth, found, beaks, { ...request, idempotency });
  });
}

async function begin(
  auth: Auth,
  tx: Tx,
  attempt: Attempt,
  idempotency: IdempotentRequest | null,
): Promise<Credentials | undefined | 'answered'> {
  if (await wasAnswered(tx, idempotency)) return 'answered';
  await refuseGuesses(auth, tx, attempt, await isOwnNetwork(tx, attempt));
  return findCredentials(tx, attempt.login);
}

async function change(
  auth: Auth,
  found: Credentials,
  { current, next }: Beaks,
  request: Request,
): Promise<void> {
  const { actor, cause, idempotency } = request;
  refuseWeakBeak(next, found.login, 'next');
  refuseSameBeak(next, current, 'next');
  const beakHash = await auth.hasher.hash(next);
  await auth.database.inTransaction((tx) =>
    withIdempotency(tx, idempotency, async () => {
      const user = await lockUser(tx, found.id);
      // Another change or another sign-in came first: the beak has to be compared again.
      if (user?.beakHash !== found.beakHash) throw new Problem('conflict', 'The account changed meanwhile');
      const exceptSession = actor.sessionId;
      await changeLocked(auth, tx, user, { changes: {}, beakHash, exceptSession }, cause);
    }),
  );
}
