/**
 * Operations: the lines of accounts as analytics stores them, made from the events of accounting.
 */
import type { BusinessDay } from '#mixins/calendar.ts';
import type { Delivery } from '#mixins/consumer/definition.ts';
import type { employeeBilled } from '#schemas/events/accounting/employee-billed.v1.ts';
import type { payoutMade } from '#schemas/events/accounting/payout-made.v1.ts';
import type { postingMade } from '#schemas/events/accounting/posting-made.v1.ts';
import type { taskPaid } from '#schemas/events/accounting/task-paid.v1.ts';

export type LineDelivery = Delivery<
  typeof employeeBilled | typeof taskPaid | typeof payoutMade | typeof postingMade
>;

/** Only employees are paid; the ledger also has other owners. */
export const EMPLOYEE = 'employee';
export const FEE = 'fee';
export const REWARD = 'reward';
export const PAYOUT = 'payout';
export const TASK = 'task';

export interface Reference {
  readonly type: string;
  readonly id: string;
  readonly title: string;
  readonly externalId: string | null;
}

export interface Operation {
  readonly entryId: string;
  readonly owner: { readonly type: string; readonly id: string };
  /** The number of the line in its account, from 1. */
  readonly sequence: number;
  /** `fee`, `reward`, `payout`, `adjustment`, or the kind of a requested posting. */
  readonly kind: string;
  /** Minor units, signed from the owner's view. */
  readonly amount: number;
  readonly balanceAfter: number;
  readonly businessDay: BusinessDay;
  readonly occurredAt: Date;
  readonly postedAt: Date;
  readonly reference: Reference | null;
  readonly note: string | null;
  readonly by: { readonly id: string; readonly name: string } | null;
}

/** UUIDs may be in capitals, but keys need one form. */
const lower = (id: string): string => id.toLowerCase();

export function operationOf(delivery: LineDelivery): Operation {
  const { data } = delivery;
  const common = {
    entryId: lower(data.entryId),
    sequence: delivery.sequence,
    businessDay: data.businessDay,
    occurredAt: new Date(data.occurredAt),
    postedAt: delivery.time,
  };
  switch (delivery.type) {
    case 'accounting.employee.billed.v1':
      return { ...common, kind: FEE, ...taskLine(delivery.data) };
    case 'accounting.task.paid.v1':
      return { ...common, kind: REWARD, ...taskLine(delivery.data) };
    case 'accounting.payout.made.v1':
      return {
        ...common,
        kind: PAYOUT,
        owner: { type: EMPLOYEE, id: lower(delivery.data.employeeId) },
        amount: 0 - delivery.data.amount,
        // A payout pays the whole positive balance (ACC-5).
        balanceAfter: 0,
        reference: null,
        note: null,
        by: null,
      };
    case 'accounting.posting.made.v1':
      return { ...common, ...postingLine(delivery.data) };
    default:
      return delivery satisfies never;
  }
}

type TaskLine = Extract<LineDelivery, { type: 'accounting.task.paid.v1' }>['data'];
type PostingLine = Extract<LineDelivery, { type: 'accounting.posting.made.v1' }>['data'];

function taskLine(data: TaskLine) {
  return {
    owner: { type: EMPLOYEE, id: lower(data.employeeId) },
    amount: data.amount,
    balanceAfter: data.balanceAfter,
    reference: { type: TASK, id: lower(data.taskId), title: data.title, externalId: data.externalId },
    note: null,
    by: null,
  };
}

function postingLine(data: PostingLine) {
  const { referenceType, referenceId, referenceTitle, byId, byName } = data;
  return {
    kind: data.kind,
    owner: { type: data.ownerType, id: lower(data.ownerId) },
    amount: data.amount,
    balanceAfter: data.balanceAfter,
    reference:
      referenceType === null
        ? null
        : { type: referenceType, id: referenceId ?? '', title: referenceTitle ?? '', externalId: null },
    note: data.reason,
    by: byId === null ? null : { id: byId, name: byName ?? '' },
  };
}
