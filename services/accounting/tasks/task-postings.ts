/**
 * Fees and rewards of tasks (ACC-2): a fee for every assignment and a reward for the completion,
 * each under a key that holds for ever.
 */
import { causedBy, type Delivery } from '#mixins/consumer/definition.ts';
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { Cause, Envelope } from '#schemas/envelope.ts';
import { employeeBilled } from '#schemas/events/accounting/employee-billed.v1.ts';
import { taskPaid } from '#schemas/events/accounting/task-paid.v1.ts';
import { taskPriced } from '#schemas/events/accounting/task-priced.v1.ts';
import type { taskCompleted } from '#schemas/events/tasks/task-completed.v1.ts';
import type { taskCreated } from '#schemas/events/tasks/task-created.v1.ts';
import type { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import { COMPANY_ACCOUNT, EMPLOYEE, type Line, type Posting } from '../journal/journal.ts';
import type { Price } from './price.ts';

export type TaskDelivery = Delivery<typeof taskCreated | typeof taskReassigned | typeof taskCompleted>;

export const TASK = 'task';
export const FEE = 'fee';
export const REWARD = 'reward';

/** A fee or a reward, with the task for its event. */
export interface TaskPosting extends Posting {
  readonly kind: typeof FEE | typeof REWARD;
  readonly task: TaskDelivery['data'];
  readonly price: Price;
}

/**
 * The compiler rejects the type of the general delivery as too deep. An envelope is enough here.
 */
const causeOf = (envelope: Envelope): Cause => causedBy(envelope);

/** UUIDs may come in upper case. Keys and look-ups need one form. */
export function inLowerCase(delivery: TaskDelivery): TaskDelivery {
  const { data } = delivery;
  const lower = { taskId: data.taskId.toLowerCase(), assigneeId: data.assigneeId.toLowerCase() };
  return { ...delivery, data: { ...data, ...lower } } as TaskDelivery;
}

/** The posting for an event of a task, at the task's price. `id` is its public id, a UUID. */
export function taskPosting(delivery: TaskDelivery, price: Price, id: string): TaskPosting {
  const { data } = delivery;
  const common = {
    id,
    owner: { type: EMPLOYEE, id: data.assigneeId },
    counterAccountId: COMPANY_ACCOUNT,
    reference: { type: TASK, id: data.taskId, title: data.title, externalId: data.externalId },
    endedDay: null,
    note: null,
    by: null,
    cause: causeOf(delivery),
    task: data,
    price,
  };
  const charge = {
    kind: FEE,
    key: `charge:${data.taskId}:${delivery.sequence}`,
    amount: 0 - price.fee,
  } as const;
  switch (delivery.type) {
    case 'tasks.task.created.v1':
      return { ...common, ...charge, occurredAt: new Date(delivery.data.createdAt) };
    case 'tasks.task.reassigned.v1':
      return { ...common, ...charge, occurredAt: new Date(delivery.data.reassignedAt) };
    case 'tasks.task.completed.v1':
      return {
        ...common,
        kind: REWARD,
        key: `reward:${data.taskId}`,
        amount: price.reward,
        occurredAt: new Date(delivery.data.completedAt),
      };
    default:
      return delivery satisfies never;
  }
}

/**
 * The event of a new price. It occurs once, because the price is the first and only version of its
 * aggregate.
 */
export function pricedEvent(delivery: TaskDelivery, price: Price): NewEvent {
  const { taskId } = delivery.data;
  return newEvent(taskPriced, taskId, 1, { taskId, ...price }, causeOf(delivery));
}

/** The event of a booked fee or reward (ACC-9). */
export function lineEvent(line: Line<TaskPosting>): NewEvent {
  const { posting, businessDay } = line;
  const data = {
    entryId: posting.id,
    taskId: posting.task.taskId,
    title: posting.task.title,
    externalId: posting.task.externalId,
    description: posting.task.description,
    employeeId: posting.owner.id,
    amount: posting.amount,
    ...posting.price,
    balanceAfter: line.balanceAfter,
    businessDay,
    occurredAt: posting.occurredAt.getTime(),
  };
  const contract = posting.kind === FEE ? employeeBilled : taskPaid;
  return newEvent(contract, posting.owner.id, line.accountSequence, data, posting.cause);
}
