/** Copies auth's users from events in any order (AUTH-3). */
import { type Delivery, defineConsumer } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { userChanged } from '#schemas/events/auth/user-changed.v1.ts';
import { userRegistered } from '#schemas/events/auth/user-registered.v1.ts';
import { keepUsers } from './user-copy.store.ts';

type UserDelivery = Delivery<typeof userRegistered | typeof userChanged>;

export async function copyUsers(batch: readonly UserDelivery[], tx: Tx): Promise<void> {
  await keepUsers(
    tx,
    batch.map(({ data, sequence }) => ({ id: data.userId, name: data.name, version: sequence })),
  );
}

export const usersConsumer = defineConsumer({
  stream: 'auth',
  order: 'newest',
  reads: [userRegistered, userChanged],
  handle: copyUsers,
});
