/** Makes tens of thousands of tasks, which would take a minute over HTTP. */
import { parseAddress } from '#mixins/database/address.ts';
import { makeSequelize } from '#mixins/database/sequelize.ts';
import { makeDatabase } from '#mixins/database/transaction.ts';
import { databaseName } from '#mixins/names.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import { createdEvent } from '../../services/tasks/task.ts';
import { addTasks, popug, requestOf } from '../../services/tasks/tasks.fixture.ts';
import type { Place } from './hold.ts';

/** Tasks in one transaction, which then stays within its time limits. */
const AT_A_TIME = 1_000;

/**
 * Inserts tasks with their events into the tasks database of a running system, in transactions of
 * its own. The system processes them. There must be an assignable user.
 */
export async function seedTasks({ databaseUrl, namespace }: Place, count: number): Promise<void> {
  const primary = { ...parseAddress(databaseUrl), database: databaseName(namespace, 'tasks') };
  const sequelize = makeSequelize({ service: 'tasks', primary, read: null, poolSize: 1 });
  const onError = (error: unknown) => {
    throw error;
  };
  const database = makeDatabase({ service: 'tasks', sequelize, primary, onError });
  const { cause } = requestOf(popug(1));
  try {
    for (let left = count; left > 0; left -= AT_A_TIME) {
      await database.inTransaction(async (tx) => {
        const size = Math.min(left, AT_A_TIME);
        const tasks = await addTasks(tx, size);
        if (tasks.length !== size) throw new Error('There is nobody to assign to');
        await appendEvents(
          tx,
          tasks.map((task) => createdEvent(task, cause)),
        );
      });
    }
  } finally {
    await sequelize.close();
  }
}
