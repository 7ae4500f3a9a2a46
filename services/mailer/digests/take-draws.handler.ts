/**
 * Stores the draws of shuffles until their digests are composed (MAIL-4). Assignments at creation
 * are not read (TASK-9).
 */
import { type Delivery, defineConsumer } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { shuffleCompleted } from '#schemas/events/tasks/shuffle-completed.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import { causeOfMail } from '../mails/mail.ts';
import { factsTaken } from '../mails/signals.ts';
import { type Digest, type Draw, keepDigests, keepDraws } from './digest.store.ts';

export type DrawDelivery = Delivery<typeof taskReassigned | typeof shuffleCompleted>;

/**
 * The completion of a shuffle may come in parts. Each person is in exactly one part, so parts need
 * no special handling.
 */
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

/**
 * The durable `mailer-tasks`. A shuffle draws a task once and names a person once. These are the
 * keys.
 */
export const tasksConsumer = defineConsumer({
  stream: 'tasks',
  order: 'keyed',
  reads: [taskReassigned, shuffleCompleted],
  handle: takeDraws,
  batchSize: 1_000,
});
