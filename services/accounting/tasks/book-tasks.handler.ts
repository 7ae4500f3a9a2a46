/**
 * Books what tasks cost and pay (ACC-1, ACC-2): a fee for each assignment, a reward for each
 * completion, each exactly once.
 */
import { randomUUID } from 'node:crypto';
import { calendarOf } from '#mixins/calendar.ts';
import { defineConsumer } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { serviceSecret } from '#mixins/database/secrets.store.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { Platform } from '#mixins/platform.ts';
import { taskCompleted } from '#schemas/events/tasks/task-completed.v1.ts';
import { taskCreated } from '#schemas/events/tasks/task-created.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import { dayToPostTo } from '../days/open-day.handler.ts';
import { bookLines, openAccounts } from '../journal/book-lines.step.ts';
import { EMPLOYEE } from '../journal/journal.ts';
import { insertPrices, readPrices } from './price.store.ts';
import { type Price, priceOf, priceRule } from './price.ts';
import { inLowerCase, lineEvent, pricedEvent, type TaskDelivery, taskPosting } from './task-postings.ts';

/**
 * The transaction has several statements. A single one would read as of before it waited for a
 * lock. So it would miss a line that was booked meanwhile, and book it again. Booking waits for no
 * other event. A completion that comes before its creation is priced and paid at once. An unknown
 * employee gets an account.
 */
export async function bookTasks(
  deliveries: readonly TaskDelivery[],
  tx: Tx,
  platform: Platform,
): Promise<void> {
  const batch = deliveries.map(inLowerCase);
  const openDay = await dayToPostTo(tx, calendarOf(platform.config));

  const rule = priceRule(platform.config);
  const firstOf = new Map<string, TaskDelivery>();
  for (const delivery of batch) {
    if (!firstOf.has(delivery.data.taskId)) firstOf.set(delivery.data.taskId, delivery);
  }
  const taskIds = [...firstOf.keys()];
  const secret = await serviceSecret(tx, 'price');
  const drawn = new Map(taskIds.map((id) => [id, priceOf(id, secret, rule)]));
  const priced = await insertPrices(tx, drawn);
  const accounts = await openAccounts(
    tx,
    batch.map(({ data }) => ({ type: EMPLOYEE, id: data.assigneeId })),
  );
  const prices = priced.size === drawn.size ? drawn : await readPrices(tx, taskIds);
  const postings = batch.map((delivery) =>
    taskPosting(delivery, priceIn(prices, delivery.data.taskId), randomUUID()),
  );
  const { currency } = rule;
  const booked = await bookLines(tx, { accounts, postings, openDay, currency, eventOf: lineEvent });

  const events = [
    ...[...firstOf.values()]
      .filter(({ data }) => priced.has(data.taskId))
      .map((delivery) => pricedEvent(delivery, priceIn(prices, delivery.data.taskId))),
    ...booked,
  ];
  await appendEvents(tx, events);
}

function priceIn(prices: ReadonlyMap<string, Price>, taskId: string): Price {
  const price = prices.get(taskId);
  if (price === undefined) throw new Error(`Task ${taskId} has no price after its insertion`);
  return price;
}

export const tasksConsumer = defineConsumer({
  stream: 'tasks',
  order: 'keyed',
  reads: [taskCreated, taskReassigned, taskCompleted],
  handle: bookTasks,
  // Larger batches publish balances less often: 15 % more throughput than with 500 (measured).
  batchSize: 1000,
});
