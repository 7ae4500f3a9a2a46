/** Copies users, and continues mails that waited for an address (AUTH-3). */
import { type Delivery, defineConsumer } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { userChanged } from '#schemas/events/auth/user-changed.v1.ts';
import { userRegistered } from '#schemas/events/auth/user-registered.v1.ts';
import { makeDigestsDue } from '../digests/digest.store.ts';
import { factsTaken } from '../mails/signals.ts';
import { makePayoutsDue } from '../payouts/payout.store.ts';
import { keepUsers } from './user-copy.store.ts';

type UserDelivery = Delivery<typeof userRegistered | typeof userChanged>;

export async function copyUsers(batch: readonly UserDelivery[], tx: Tx): Promise<void> {
  const ids = batch.map(({ data }) => data.userId);
  await keepUsers(
    tx,
    batch.map(({ data, sequence }) => ({
      id: data.userId,
      name: data.name,
      email: data.email,
      locale: data.locale,
      version: sequence,
    })),
  );
  const waited = (await makePayoutsDue(tx, ids)) + (await makeDigestsDue(tx, ids));
  if (waited > 0) factsTaken.sendAfterCommit(tx);
}

/** The durable `mailer-users`. */
export const usersConsumer = defineConsumer({
  stream: 'auth',
  order: 'newest',
  reads: [userRegistered, userChanged],
  handle: copyUsers,
});
