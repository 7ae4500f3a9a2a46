/**
 * The figures of operations, by day. They are sums, maxima and newest values, so batches may come
 * in any order.
 */
import type { BusinessDay } from '#mixins/calendar.ts';
import { EMPLOYEE, FEE, type Operation, PAYOUT, REWARD, TASK } from '../projections/operation.ts';

/** A completed task and its reward. */
export interface TopTask {
  readonly id: string;
  readonly title: string;
  readonly externalId: string | null;
  /** Minor units. */
  readonly reward: number;
  readonly completedAt: Date;
}

/** Sums in minor units; all are positive except `others`, which is signed from the owner's view. */
export interface DayFigures {
  readonly businessDay: BusinessDay;
  readonly fees: number;
  readonly feeCount: number;
  readonly rewards: number;
  readonly rewardCount: number;
  readonly payouts: number;
  readonly payoutCount: number;
  readonly others: number;
  readonly otherCount: number;
  readonly top: TopTask | null;
}

/** The newest line of an employee on a day. */
export interface AccountDay {
  readonly ownerId: string;
  readonly businessDay: BusinessDay;
  readonly sequence: number;
  readonly balanceAfter: number;
}

/**
 * ANA-2: the highest reward first; of equal ones the earliest, then the smaller id, so that the
 * result does not depend on the order.
 */
export function beats(task: TopTask, other: TopTask | null): boolean {
  if (other === null) return true;
  if (task.reward !== other.reward) return task.reward > other.reward;
  const [at, otherAt] = [task.completedAt.getTime(), other.completedAt.getTime()];
  return at === otherAt ? task.id < other.id : at < otherAt;
}

function completedTask({ kind, reference, amount, occurredAt }: Operation): TopTask | null {
  if (kind !== REWARD || reference?.type !== TASK) return null;
  const { id, title, externalId } = reference;
  return { id, title, externalId, reward: amount, completedAt: occurredAt };
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Sorted by day: transactions that lock several days lock them in one order. */
export function dayFigures(operations: readonly Operation[]): DayFigures[] {
  const days = new Map<BusinessDay, Writable<DayFigures>>();
  for (const operation of operations) {
    const { businessDay, kind, amount } = operation;
    const day = days.get(businessDay) ?? { ...NO_FIGURES, businessDay };
    days.set(businessDay, day);
    if (kind === FEE) {
      day.fees -= amount;
      day.feeCount += 1;
    } else if (kind === REWARD) {
      day.rewards += amount;
      day.rewardCount += 1;
    } else if (kind === PAYOUT) {
      day.payouts -= amount;
      day.payoutCount += 1;
    } else {
      day.others += amount;
      day.otherCount += 1;
    }
    const task = completedTask(operation);
    if (task !== null && beats(task, day.top)) day.top = task;
  }
  return [...days.values()].sort((a, b) => (a.businessDay < b.businessDay ? -1 : 1));
}

/** A day without operations. */
export const NO_FIGURES = {
  fees: 0,
  feeCount: 0,
  rewards: 0,
  rewardCount: 0,
  payouts: 0,
  payoutCount: 0,
  others: 0,
  otherCount: 0,
  top: null,
};

/** The newest line of each employee and day. */
export function accountDays(operations: readonly Operation[]): AccountDay[] {
  const newest = new Map<string, AccountDay>();
  for (const { owner, businessDay, sequence, balanceAfter } of operations) {
    if (owner.type !== EMPLOYEE) continue;
    const key = `${owner.id} ${businessDay}`;
    if (sequence > (newest.get(key)?.sequence ?? 0)) {
      newest.set(key, { ownerId: owner.id, businessDay, sequence, balanceAfter });
    }
  }
  return [...newest.values()];
}

/** ACC-4: only fees and rewards count. Negative when the company paid more than it charged. */
export function companyResult({ fees, rewards }: Pick<DayFigures, 'fees' | 'rewards'>): number {
  return fees - rewards;
}

/** The average in whole minor units, halves rounded up; null without any value. */
export function average(sum: number, count: number): number | null {
  return count === 0 ? null : Math.floor(sum / count + 0.5);
}
