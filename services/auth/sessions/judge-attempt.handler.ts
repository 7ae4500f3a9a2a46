/** The transaction that judges an attempt to sign in. */
import type { Tx } from '#mixins/database/database.ts';
import type { Auth } from '../context.ts';
import type { Attempt } from './attempt.ts';
import { lockAttempt } from './refusal.store.ts';

/**
 * Attempts of one account or one network are judged one at a time: concurrent ones would each find
 * the budget unspent. The lock in the database orders nodes. Attempts on this node wait in memory
 * instead, because each wait for the lock would occupy a connection of the pool.
 */
export function judgeAttempt<T>(auth: Auth, attempt: Attempt, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { loginHash, network } = attempt;
  const judge = () =>
    auth.database.inTransaction(async (tx) => {
      await lockAttempt(tx, attempt);
      return work(tx);
    });
  return auth.judgements.run(`account ${loginHash.toString('hex')}`, () =>
    network === null ? judge() : auth.judgements.run(`network ${network}`, judge),
  );
}
