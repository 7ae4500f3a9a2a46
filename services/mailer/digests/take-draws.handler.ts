/** Writes down what shuffles draw, until digests can be made of it (MAIL-4). Assignments at creation are not even read (TASK-9). */
import { type Delivery, defineConsumer } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { shuffleCompleted } from '#schemas/events/tasks/shuffle-completed.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import { causeOfMail } from '../mails/mail.ts';
import { factsTaken } from '../mails/signals.ts';
import { type Digest, type Draw, keepDigests, keepDraws } from './digest.store.ts';

export type DrawDelivery = Delivery<typeof taskReassigned | typeof shuffleCompleted>;

/** A completed shuffle may be told in parts: each person stands in one of them, so each part is as good as a whole. */
export async function takeDraws(batch: readonly DrawDelivery[], tx: Tx): Promise<void> {
  const draws: Draw[] = [];
  const digests: Digest[] = [];
  for (const delivery of batch) {
    switch (delivery.type) {
      case 'tasks.task.reassigned.v1':
        draws.push(delivery.data);
        break;
      case 'tasks.shuffle.completed.v1': {
        const { shuffleId, byAssignee } = delivery.data;
        const completedAt = new Date(delivery.data.completedAt);
        const cause = causeOfMail(delivery);
        for (const { assigneeId, tasksDrawn } of byAssignee) {
          if (tasksDrawn > 0) digests.push({ shuffleId, assigneeId, tasksDrawn, completedAt, ...cause });
        }
        break;
      }
      default:
        throw delivery satisfies never;
    }
  }
  await keepDraws(tx, draws);
  await keepDigests(tx, digests);
  if (digests.length > 0) factsTaken.sendAfterCommit(tx);
}

/** The durable `mailer-tasks`. A shuffle draws a task once, and tells of a person once: those are the keys. */
export const tasksConsumer = defineConsumer({
  stream: 'tasks',
  order: 'keyed',
  reads: [taskReassigned, shuffleCompleted],
  handle: takeDraws,
  batchSize: 1_000,
});
