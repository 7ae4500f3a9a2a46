/** Takes a request for a code by mail, after a beak was forgotten (AUTH-13). */
import { v7 as uuidv7 } from 'uuid';
import { networkOf } from '#mixins/network.ts';
import type { Cause } from '#schemas/envelope.ts';
import type { Auth } from '../context.ts';
import { isLogin } from '../users/user.ts';
import { insertRequest } from './recovery-request.store.ts';
import { recoveriesWait } from './signals.ts';

/**
 * Answers at once, and in the same way for each login: a loop makes the mail. So neither the answer
 * nor its time says whether an account exists. Requests beyond the limit of refused sign-ins of a
 * network are dropped.
 */
export async function requestRecovery(auth: Auth, typed: string, cause: Cause): Promise<void> {
  const login = isLogin(typed) ? typed : '';
  const network = cause.actorAddress === null ? null : networkOf(cause.actorAddress);
  await auth.database.inTransaction(async (tx) => {
    await insertRequest(tx, { id: uuidv7(), login, network, cause }, auth.config.signInLimitAddress);
    recoveriesWait.sendAfterCommit(tx);
  });
}
