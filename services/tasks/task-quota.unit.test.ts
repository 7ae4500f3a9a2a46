import { describe, expect, it } from '@jest/globals';
import { TaskQuota } from './task-quota.ts';

const SECOND = 1_000;

describe('a quota of three tasks a minute', () => {
  const take = (quota: TaskQuota, times: number, now: number, user = 'pip') =>
    Array.from({ length: times }, () => quota.take(user, now));

  it('E15, TASK-2: accepts three, then returns the rest of the minute that the first one began', () => {
    const quota = new TaskQuota(3);
    expect(take(quota, 1, 0)).toEqual([0]);
    expect(take(quota, 3, 10 * SECOND)).toEqual([0, 0, 50]);
    expect(take(quota, 1, 59_999)).toEqual([1]);
    expect(take(quota, 4, 60 * SECOND)).toEqual([0, 0, 0, 60]);
  });

  it('E15, TASK-2: is separate for each user', () => {
    const quota = new TaskQuota(1);
    expect(take(quota, 2, 0)).toEqual([0, 60]);
    expect(take(quota, 1, 0, 'mia')).toEqual([0]);
  });

  it('E15, TASK-2: takes back a task that was not created, never more than were taken', () => {
    const quota = new TaskQuota(1);
    quota.giveBack('pip');
    expect(take(quota, 2, 0)).toEqual([0, 60]);
    quota.giveBack('pip');
    quota.giveBack('pip');
    expect(take(quota, 2, 0)).toEqual([0, 60]);
  });
});
