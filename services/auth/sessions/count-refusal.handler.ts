/** Counts a refused attempt, so that guessing is limited (AUTH-1). */
import { v7 as uuidv7 } from 'uuid';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { Cause } from '#schemas/envelope.ts';
import type { Auth } from '../context.ts';
import { sessionRefusedEvent } from '../users/user-events.ts';
import type { Attempt } from './attempt.ts';
import { judgeAttempt } from './judge-attempt.handler.ts';
import { insertRefusal } from './refusal.store.ts';
import type { RefusalReason } from './session.ts';
import { isOwnNetwork, refuseGuesses } from './sign-in-budgets.store.ts';
import { keptLogin } from './tried-login.ts';

/** What was tried. */
interface Tried {
  readonly login: string;
  /** Null where no account has this login. */
  readonly userId: string | null;
  readonly reason: RefusalReason;
}

/**
 * Concurrent guesses are judged again here: those beyond the limit get a 429 (`too_many_requests`)
 * and no event.
 */
export async function countRefusal(auth: Auth, attempt: Attempt, tried: Tried, cause: Cause): Promise<void> {
  const id = uuidv7();
  await judgeAttempt(auth, attempt, async (tx) => {
    const own = await isOwnNetwork(tx, attempt);
    await refuseGuesses(auth, tx, attempt, own);
    await insertRefusal(tx, id, attempt, own);
    const login = keptLogin(tried.login, attempt.loginHash, tried.userId !== null);
    await appendEvents(tx, [sessionRefusedEvent(id, login, tried.userId, tried.reason, cause)]);
  });
}
