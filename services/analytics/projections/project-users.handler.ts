/** Stores the names of users (AUTH-3). */
import type { Delivery } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { newestOf } from '#mixins/newest.ts';
import { userChanged } from '#schemas/events/auth/user-changed.v1.ts';
import { userRegistered } from '#schemas/events/auth/user-registered.v1.ts';
import { keepUsers } from './projection.store.ts';

const contracts = [userRegistered, userChanged] as const;

async function projectUsers(
  tx: Tx,
  slot: number,
  batch: readonly Delivery<(typeof contracts)[number]>[],
): Promise<void> {
  // UUIDs may be in capitals.
  const users = batch.map(({ data, sequence }) => ({
    id: data.userId.toLowerCase(),
    name: data.name,
    version: sequence,
  }));
  await keepUsers(
    tx,
    slot,
    newestOf(users, ({ id }) => id),
  );
}

export const users = { stream: 'auth', order: 'newest', reads: contracts, project: projectUsers } as const;
