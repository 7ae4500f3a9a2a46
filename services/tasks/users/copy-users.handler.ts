/**
 * Applies auth's user events to the copies of users and to the population of the draw (AUTH-3,
 * TASK-3).
 */
import { type Delivery, defineConsumer } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { newestOf } from '#mixins/newest.ts';
import { userChanged } from '#schemas/events/auth/user-changed.v1.ts';
import { userRegistered } from '#schemas/events/auth/user-registered.v1.ts';
import {
  addPopulation,
  holdersFrom,
  lockPopulation,
  misplaced,
  newestPopulation,
} from '../population.store.ts';
import { isAssignable, reseat, sizeAfter } from '../population.ts';
import { type UserCopy, upsertUsers } from './user.store.ts';

export type UserDelivery = Delivery<typeof userRegistered | typeof userChanged>;

/**
 * Applies a batch. The newest event of each user counts, in any order of delivery. Open tasks keep
 * their assignees (AUTH-6).
 */
export async function copyUsers(batch: readonly UserDelivery[], tx: Tx): Promise<void> {
  // This comes before the first write. So batches of several nodes change seats one after the other
  // and cannot deadlock over users.
  await lockPopulation(tx);
  const users = newestOf(batch.map(copyOf), ({ id }) => id);
  await upsertUsers(tx, users);

  const changed = await misplaced(
    tx,
    users.map(({ id }) => id),
  );
  if (changed.length === 0) return;
  const joining = changed.filter(({ seat }) => seat === null).map(({ id }) => id);
  const leavers = changed.filter(({ seat }) => seat !== null);
  const leaving = leavers.flatMap(({ seat }) => seat ?? []);
  const { version, size } = await newestPopulation(tx);
  const newSize = sizeAfter(size, leaving, joining);
  const last = newSize < size ? await holdersFrom(tx, newSize) : [];
  await addPopulation(
    tx,
    { version: version + 1, size: newSize },
    leavers.map(({ id }) => id),
    reseat(size, leaving, joining, last),
  );
}

function copyOf({ data, sequence }: UserDelivery): UserCopy {
  const { userId: id, name, active, roles } = data;
  return { id, name, active, roles, assignable: isAssignable(data), version: sequence };
}

/** The durable `tasks-users`. */
export const usersConsumer = defineConsumer({
  stream: 'auth',
  order: 'newest',
  reads: [userRegistered, userChanged],
  handle: copyUsers,
});
