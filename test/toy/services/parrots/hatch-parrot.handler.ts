import { randomUUID } from 'node:crypto';
import type { Database } from '#mixins/database/database.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import { newEvent } from '#mixins/outbox/event.ts';
import type { Cause } from '#schemas/envelope.ts';
import { parrotHatched } from '../../schemas/events/parrots/parrot-hatched.v1.ts';

export async function hatchParrot(database: Database, name: string, cause: Cause) {
  const id = randomUUID();
  await database.inTransaction(async (tx) => {
    await tx.run('INSERT INTO parrot VALUES ($1, $2)', [id, name]);
    await appendEvents(tx, [newEvent(parrotHatched, id, 1, { parrotId: id, name }, cause)]);
  });
  return { id, name };
}
