/** The transaction in which an attempt to sign in is judged. */
import type { Tx } from '#mixins/database/database.ts';
import type { Auth } from '../context.ts';
import { type Attempt, lockAttempt } from './refusal.store.ts';

/**
 * Attempts of one account, and those of one network, are judged one after the other: side by side, each would find its budget unspent. The
 * lock in the database is for other nodes. On this node they wait in memory: each that waits for the lock would hold a connection of the pool.
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
