import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Platform } from '#mixins/platform.ts';
import { balanceChanged } from '#schemas/events/accounting/balance-changed.v1.ts';
import { employeeBilled } from '#schemas/events/accounting/employee-billed.v1.ts';
import { taskPaid } from '#schemas/events/accounting/task-paid.v1.ts';
import { taskPriced } from '#schemas/events/accounting/task-priced.v1.ts';
import {
  type Books,
  brokenInvariants,
  eventsIn,
  journalText,
  linesOf,
  openBooks,
  untilWaiting,
} from '../books.fixture.ts';
import { bookTasks } from './book-tasks.handler.ts';
import type { Price } from './price.ts';
import {
  arbitraryDeliveries,
  completed,
  created,
  fixtureId,
  reassigned,
  type TaskStory,
} from './task-history.fixture.ts';
import type { TaskDelivery } from './task-postings.ts';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
});
afterAll(() => books.close());

/** The last of the ids, which no other test of this file uses. */
let lastId = 0;
const fresh = (kind: number): string => fixtureId(kind, ++lastId);
const newEmployee = () => fresh(1);
const newTask = () => fresh(2);

async function priceIn(taskId: string): Promise<Price> {
  const [price] = await books.database.rows<Price>(
    'SELECT fee, reward, currency FROM price WHERE reference_id = $1',
    [taskId],
  );
  if (price === undefined) throw new Error(`${taskId} has no price`);
  return price;
}

/** A promise and its resolve function. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** Books a batch and does not commit before `held` resolves. Signals when it has booked. */
function bookAndHold(batch: readonly TaskDelivery[], held: Promise<void>) {
  const booked = gate();
  const done = books.database.inTransaction(async (tx) => {
    await bookTasks(batch, tx, books.platform);
    booked.open();
    await held;
  });
  return { booked: Promise.race([booked.opened, done]), done };
}

/**
 * Runs `work` while another connection holds the locks of a statement. That connection rolls back
 * when released.
 */
async function whileHeld(
  sql: string,
  bind: readonly unknown[],
  work: (release: () => void) => Promise<void>,
): Promise<void> {
  const [held, free] = [gate(), gate()];
  const holder = books.database.inTransaction(async (tx) => {
    await tx.rows(sql, bind);
    held.open();
    await free.opened;
    throw new Error('released');
  });
  await held.opened;
  await work(free.open);
  await expect(holder).rejects.toThrow('released');
}

describe('a task that is created', () => {
  it('ACC-1, ACC-2, ACC-9: is priced and charged to its assignee, and each step is published', async () => {
    const [pip, task] = [newEmployee(), newTask()];
    await books.book([created(task, pip)]);
    const { fee, reward } = await priceIn(task);
    expect(fee % 100 === 0 && fee >= 1000 && fee <= 2000).toBe(true);
    expect(reward % 100 === 0 && reward >= 2000 && reward <= 4000).toBe(true);
    expect(await linesOf(books.database, pip)).toEqual([
      { key: `charge:${task}:1`, owner: pip, amount: -fee, sequence: 1, balance: -fee },
    ]);
    const priced = await eventsIn(books.database, taskPriced);
    expect(priced.at(-1)).toEqual({
      subject: `price/task/${task}`,
      sequence: 1,
      data: { taskId: task, fee, reward, currency: 'USD' },
    });
    const [day] = await books.database.rows<{ day: string }>('SELECT day::text AS day FROM business_day');
    const billed = await eventsIn(books.database, employeeBilled);
    expect(billed.at(-1)).toMatchObject({
      subject: `account/${pip}`,
      sequence: 1,
      data: {
        taskId: task,
        employeeId: pip,
        amount: -fee,
        fee,
        reward,
        balanceAfter: -fee,
        businessDay: day?.day,
      },
    });
    const changed = await eventsIn(books.database, balanceChanged);
    expect(changed.at(-1)).toEqual({
      subject: `balance/${pip}`,
      sequence: 1,
      data: { ownerType: 'employee', ownerId: pip, balance: -fee, currency: 'USD' },
    });
  });

  it('ACC-1: is not priced again when the configuration changes', async () => {
    const [pip, task] = [newEmployee(), newTask()];
    await books.book([created(task, pip)]);
    const before = await priceIn(task);
    const config = { ...books.config, feeRange: { min: 900, max: 900 }, rewardRange: { min: 901, max: 901 } };
    await books.database.inTransaction((tx) =>
      bookTasks([completed(task, 2, pip)], tx, { ...books.platform, config } as Platform),
    );
    expect(await priceIn(task)).toEqual(before);
    expect(await linesOf(books.database, pip)).toMatchObject([
      { amount: -before.fee },
      { amount: before.reward },
    ]);
  });
});

describe('a batch with several lines of an account', () => {
  it('ACC-9: publishes each line, and the balance once', async () => {
    const [pip, jay, task] = [newEmployee(), newEmployee(), newTask()];
    await books.book([
      created(task, pip),
      reassigned(task, 2, jay),
      reassigned(task, 3, pip),
      completed(task, 4, pip),
    ]);
    const { fee, reward } = await priceIn(task);
    const balances = await eventsIn(books.database, balanceChanged);
    const ofPip = balances.filter(({ subject }) => subject === `balance/${pip}`);
    expect(ofPip).toMatchObject([{ sequence: 1, data: { balance: reward - 2 * fee } }]);
    const paid = await eventsIn(books.database, taskPaid);
    expect(paid.at(-1)).toMatchObject({
      subject: `account/${pip}`,
      sequence: 3,
      data: { amount: reward, balanceAfter: reward - 2 * fee },
    });
    expect((await linesOf(books.database, jay)).map(({ amount }) => amount)).toEqual([-fee]);
  });
});

describe('a completion that comes before its creation', () => {
  it('ACC-1, ACC-2: is priced and paid at once, and the creation is charged when it comes', async () => {
    const [pip, task] = [newEmployee(), newTask()];
    await books.book([completed(task, 2, pip)]);
    const { fee, reward } = await priceIn(task);
    expect(await linesOf(books.database, pip)).toMatchObject([{ amount: reward, balance: reward }]);
    await books.book([created(task, pip)]);
    expect(await linesOf(books.database, pip)).toMatchObject([
      { amount: reward },
      { amount: -fee, sequence: 2, balance: reward - fee },
    ]);
    const priced = await eventsIn(books.database, taskPriced);
    expect(priced.filter(({ data }) => data.taskId === task)).toHaveLength(1);
  });
});

describe('an unknown assignee', () => {
  it('gets an account and a stub as name', async () => {
    const pip = newEmployee();
    await books.book([created(newTask(), pip)]);
    expect(await books.database.rows('SELECT name, version FROM user_copy WHERE id = $1', [pip])).toEqual([
      { name: 'unknown', version: 0 },
    ]);
  });
});

describe('a batch that is delivered again', () => {
  it('ACC-2, FAIL-2: changes nothing and publishes nothing', async () => {
    const [pip, task] = [newEmployee(), newTask()];
    const batch = [created(task, pip), completed(task, 2, pip)];
    await books.book(batch);
    const before = await journalText(books.database);
    const events = await books.database.rows('SELECT position FROM outbox');
    await books.book(batch);
    await books.book([...batch, ...batch].reverse());
    expect(await journalText(books.database)).toBe(before);
    expect(await books.database.rows('SELECT position FROM outbox')).toHaveLength(events.length);
  });
});

describe('ids in upper case', () => {
  it('are the same task and the same employee', async () => {
    const [pip, task] = [newEmployee().replace(/.$/, 'a'), newTask().replace(/.$/, 'b')];
    await books.book([created(task, pip), created(task.toUpperCase(), pip.toUpperCase())]);
    await books.book([created(task.toUpperCase(), pip.toUpperCase())]);
    expect(await linesOf(books.database, pip)).toMatchObject([{ key: `charge:${task}:1` }]);
  });
});

describe('a batch that fails after its lines were written', () => {
  it('FAIL-2: leaves nothing behind, and is booked when it is delivered again', async () => {
    const [pip, task] = [newEmployee(), newTask()];
    const before = await journalText(books.database);
    const attempt = books.database.inTransaction(async (tx) => {
      await bookTasks([created(task, pip)], tx, books.platform);
      throw new Error('the process ends here');
    });
    await expect(attempt).rejects.toThrow('the process ends here');
    expect(await journalText(books.database)).toBe(before);
    await books.book([created(task, pip)]);
    expect(await linesOf(books.database, pip)).toHaveLength(1);
  });
});

describe('batches that overlap on two connections at the same time', () => {
  it.each([
    ['of new tasks and accounts', false],
    ['of existing tasks and accounts', true],
  ])('ACC-2: %s are booked once', async (_, known) => {
    const [pip, jay, task, other] = [newEmployee(), newEmployee(), newTask(), newTask()];
    if (known) await books.book([created(task, pip), created(other, jay)]);
    const first = [reassigned(task, 2, pip), reassigned(task, 3, jay), completed(task, 4, jay)];
    const second = [completed(task, 4, jay), reassigned(other, 2, pip), reassigned(task, 2, pip)];

    const hold = gate();
    const holder = bookAndHold(first, hold.opened);
    await holder.booked;
    const waiter = books.book(second);
    await untilWaiting(books.database, 1);
    hold.open();
    await Promise.all([holder.done, waiter]);

    const keys = (await linesOf(books.database, pip, jay)).map(({ key }) => key);
    expect(keys.filter((key) => key === `charge:${task}:2`)).toHaveLength(1);
    expect(keys.filter((key) => key === `reward:${task}`)).toHaveLength(1);
    expect(keys).toContain(`charge:${other}:2`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(await brokenInvariants(books.database)).toEqual([]);
  });

  it('ACC-2: are booked by the second when the first rolls back', async () => {
    const [pip, task] = [newEmployee(), newTask()];
    const hold = gate();
    const holder = bookAndHold(
      [created(task, pip)],
      hold.opened.then(() => Promise.reject(new Error('lost'))),
    );
    await holder.booked;
    const waiter = books.book([created(task, pip), completed(task, 2, pip)]);
    await untilWaiting(books.database, 1);
    hold.open();
    await expect(holder.done).rejects.toThrow('lost');
    await waiter;
    expect(await linesOf(books.database, pip)).toHaveLength(2);
    expect(await brokenInvariants(books.database)).toEqual([]);
  });

  it('ACC-2: that wait for the same account are booked once', async () => {
    const [pip, task] = [newEmployee(), newTask()];
    await books.book([created(task, pip)]);
    const batch = [reassigned(task, 2, pip), completed(task, 3, pip)];
    await whileHeld('SELECT FROM account WHERE owner_id = $1 FOR UPDATE', [pip], async (release) => {
      const waiters = [books.book(batch), books.book(batch.toReversed())];
      await untilWaiting(books.database, waiters.length);
      release();
      await Promise.all(waiters);
    });
    expect(await linesOf(books.database, pip)).toHaveLength(3);
  });
});

describe('batches that meet in different orders', () => {
  const turned = (order: readonly string[]) => [
    order,
    order.toReversed(),
    [...order.slice(6), ...order.slice(0, 6)],
  ];

  /**
   * Books batches that all stop in the middle of their common rows, and lets them continue at once.
   */
  async function meet(
    batches: readonly TaskDelivery[][],
    hold: string,
    held: readonly unknown[],
  ): Promise<void> {
    await whileHeld(hold, held, async (release) => {
      const waiters = batches.map((batch) => books.book(batch));
      await untilWaiting(books.database, waiters.length);
      release();
      await Promise.all(waiters);
    });
    expect(await brokenInvariants(books.database)).toEqual([]);
  }

  it('do not deadlock on existing accounts', async () => {
    const employees = Array.from({ length: 12 }, newEmployee);
    const batchOf = (order: readonly string[]) => order.map((employee) => created(newTask(), employee));
    await books.book(batchOf(employees));
    const orders = [...turned(employees), ...turned(employees)];
    await meet(orders.map(batchOf), 'SELECT FROM account WHERE owner_id = $1 FOR UPDATE', [employees[6]]);
    expect(await linesOf(books.database, ...employees)).toHaveLength(7 * employees.length);
  });

  it('do not deadlock on new accounts', async () => {
    const employees = Array.from({ length: 12 }, newEmployee);
    const batches = turned(employees).map((order) => order.map((employee) => created(newTask(), employee)));
    await meet(batches, `INSERT INTO account (owner_type, owner_id, balance) VALUES ('employee', $1, 0)`, [
      employees[6],
    ]);
    expect(await linesOf(books.database, ...employees)).toHaveLength(3 * employees.length);
  });

  it('do not deadlock on new prices', async () => {
    const tasks = Array.from({ length: 12 }, newTask);
    const employees = Array.from({ length: 3 }, newEmployee);
    const batches = turned(tasks).map((order, n) =>
      order.map((task) => reassigned(task, n + 2, employees[n] ?? '')),
    );
    const hold = `INSERT INTO price (reference_type, reference_id, fee, reward, currency) VALUES ('task', $1, 1, 1, 'USD')`;
    await meet(batches, hold, [tasks[6]]);
    expect(await linesOf(books.database, ...employees)).toHaveLength(36);
  });
});

describe('any history of tasks, delivered more than once, in any order, in any batches', () => {
  it('ACC-2, ACC-7, FAIL-2: gives books that sum to zero, with every charge and reward once', async () => {
    let run = 0;
    const employees = Array.from({ length: 3 }, newEmployee);
    const keysOf = ({ taskId, assignees, completed: done }: TaskStory, shift: (id: string) => string) => [
      ...assignees.map((_, index) => `charge:${shift(taskId)}:${index + 1}`),
      ...(done ? [`reward:${shift(taskId)}`] : []),
    ];
    await fc.assert(
      fc.asyncProperty(
        arbitraryDeliveries(5, employees, (n) => fixtureId(0, n)),
        async ({ stories, batches }) => {
          // Other runs, and those that shrink a failure, have their own tasks.
          run += 1;
          const shift = (id: string) => `${run.toString(16).padStart(8, '0')}${id.slice(8)}`;
          const own = (delivery: TaskDelivery) =>
            ({
              ...delivery,
              data: { ...delivery.data, taskId: shift(delivery.data.taskId) },
            }) as TaskDelivery;
          for (const batch of batches) await books.book(batch.map(own));
          expect(await brokenInvariants(books.database)).toEqual([]);
          const lines = await linesOf(books.database, ...employees);
          const ours = lines.map(({ key }) => key).filter((key) => key.includes(`:${shift('')}-`));
          expect(ours.sort()).toEqual(stories.flatMap((story) => keysOf(story, shift)).sort());
        },
      ),
      { numRuns: 25 },
    );
  });
});
