/**
 * A node that posts fees of random employees until it is disconnected: `fork` it with <database
 * URL> <namespace> <employees>. It sends the size and the milliseconds of each batch.
 */
import { randomUUID } from 'node:crypto';
import type { Platform } from '#mixins/platform.ts';
import { readConfig } from '../../config.ts';
import { connectBooks } from '../../services/accounting/days/days.fixture.ts';
import { bookTasks } from '../../services/accounting/tasks/book-tasks.handler.ts';
import { created } from '../../services/accounting/tasks/task-history.fixture.ts';
import { employeeId } from './journal-seed.ts';

/** A batch that was committed. */
export interface Posted {
  readonly events: number;
  readonly ms: number;
}

const BATCH = 500;

const [databaseUrl, namespace, people] = process.argv.slice(2);
const config = readConfig({ DATABASE_URL: databaseUrl, NAMESPACE: namespace });
const { database, disconnect } = await connectBooks(config);
while (process.connected) {
  const batch = Array.from({ length: BATCH }, () =>
    created(randomUUID(), employeeId(Math.floor(Math.random() * Number(people)))),
  );
  const begun = performance.now();
  await database.inTransaction((tx) => bookTasks(batch, tx, { config } as Platform));
  const posted: Posted = { events: BATCH, ms: performance.now() - begun };
  process.send?.(posted, () => {});
}
await disconnect();
