/** The invariants of the books, checked over HTTP. */
import { expect } from '@jest/globals';
import type { Account, Client, Line, Page, Task } from '../e2e/client.ts';
import { until } from '../harness/wait.ts';

export interface OwnedLine extends Line {
  readonly ownerId: string;
}

export interface Books {
  readonly tasks: readonly Task[];
  /** All lines of all employees, newest first for each. */
  readonly lines: readonly OwnedLine[];
}

/** Number of tasks whose assignments are read, spread over all tasks. Each takes a request. */
const SAMPLED_TASKS = 50;

/**
 * Number of assignments of a task: the version of an open task counts them, and a completion adds
 * one.
 */
function assignments(task: Task): number {
  return task.status === 'done' ? task.version - 1 : task.version;
}

async function readBooks(reader: Client): Promise<Books> {
  const tasks = await reader.all<Task>('/tasks');
  const accounts = await reader.all<{ userId: string; balance: number }>('/accounting/accounts');
  const lines: OwnedLine[] = [];
  for (const { userId } of accounts) {
    const own = await reader.all<Line>(`/accounting/accounts/${userId}/statement`);
    const account = await reader.expect<Account>(200, 'GET', `/accounting/accounts/${userId}`);
    expect(account.balance).toBe(own.reduce((sum, { amount }) => sum + amount, 0));
    expect(own[0]?.balanceAfter ?? 0).toBe(account.balance);
    lines.push(...own.map((line) => ({ ...line, ownerId: userId })));
  }
  return { tasks, lines };
}

function expectedLines(tasks: readonly Task[]): number {
  return tasks.reduce((sum, task) => sum + assignments(task) + (task.status === 'done' ? 1 : 0), 0);
}

/** Number of lines of all statements together. */
async function countLines(reader: Client): Promise<number> {
  const accounts = await reader.all<{ userId: string }>('/accounting/accounts');
  let count = 0;
  for (const { userId } of accounts) {
    let cursor: string | null = null;
    do {
      const page: Page<Line> = await reader.expect<Page<Line>>(
        200,
        'GET',
        `/accounting/accounts/${userId}/statement?limit=200${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      count += page.items.length;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
  return count;
}

/**
 * Waits until the books have the number of lines that the tasks require. Then asserts that every
 * assignment was charged once, every completion paid once and each task at one price, and that
 * every balance equals its lines.
 */
export async function expectExactBooks(reader: Client, within = 60_000): Promise<Books> {
  const expected = expectedLines(await reader.all<Task>('/tasks'));
  await until(async () => (await countLines(reader)) >= expected, {
    within,
    every: 500,
    what: `${expected} lines in the books`,
  });
  const books = await readBooks(reader);
  const byTask = Map.groupBy(books.lines, ({ reference }) => reference?.id);
  expect(books.lines).toHaveLength(expected);
  for (const task of books.tasks) {
    const lines = byTask.get(task.id) ?? [];
    const fees = lines.filter(({ kind }) => kind === 'fee');
    const rewards = lines.filter(({ kind }) => kind === 'reward');
    expect({ task: task.id, fees: fees.length, rewards: rewards.length }).toEqual({
      task: task.id,
      fees: assignments(task),
      rewards: task.status === 'done' ? 1 : 0,
    });
    expect(new Set(fees.map(({ amount }) => amount)).size).toBe(1);
    // The reward is whose task it was at the end.
    expect(rewards.every(({ ownerId }) => ownerId === task.assignee.id)).toBe(true);
  }
  await expectChargedWhoWasAssigned(reader, books);
  return books;
}

/** Each fee is on the account of the assignee. */
async function expectChargedWhoWasAssigned(reader: Client, { tasks, lines }: Books): Promise<void> {
  const fees = Map.groupBy(
    lines.filter(({ kind }) => kind === 'fee'),
    ({ reference }) => reference?.id,
  );
  const step = Math.ceil(tasks.length / SAMPLED_TASKS);
  for (const task of tasks.filter((_, index) => index % step === 0)) {
    const assigned = await reader.all<{ assignee: { id: string } }>(`/tasks/${task.id}/assignments`);
    const charged = (fees.get(task.id) ?? []).map(({ ownerId }) => ownerId);
    expect(charged.sort()).toEqual(assigned.map(({ assignee }) => assignee.id).sort());
  }
}
