import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { priceOf, priceRule } from '../tasks/price.ts';
import {
  arbitraryDeliveries,
  completed,
  created,
  fixtureId,
  reassigned,
  type TaskStory,
} from '../tasks/task-history.fixture.ts';
import {
  lineEvent,
  pricedEvent,
  type TaskDelivery,
  type TaskPosting,
  taskPosting,
} from '../tasks/task-postings.ts';
import {
  type Account,
  balanceEvent,
  book,
  COMPANY_ACCOUNT,
  EMPLOYEE,
  type Line,
  ownerKey,
  unbooked,
} from './journal.ts';

const secret = createSecretKey(Buffer.from('a secret of the tests'));
const rule = priceRule({
  feeRange: { min: 10, max: 20 },
  rewardRange: { min: 20, max: 40 },
  currency: 'USD',
});
const price = (taskId: string) => priceOf(taskId, secret, rule);
const PIP = fixtureId(1, 1);
const JAY = fixtureId(1, 2);
const TASK_1 = fixtureId(2, 1);
const DAY = '2026-03-01';

function account(employeeId: string, id: number): Account {
  const owner = { type: EMPLOYEE, id: employeeId };
  return { id, owner, balance: 0, entryCount: 0, balanceVersion: 0, lastDay: null };
}

/** The books in memory, like those that the handler keeps in the database. */
class Books {
  readonly accounts = new Map<string, Account>();
  readonly lines: Line<TaskPosting>[] = [];
  readonly keys = new Set<string>();

  constructor(employees: readonly string[]) {
    for (const [index, id] of employees.entries()) {
      const one = account(id, 1000 + index);
      this.accounts.set(ownerKey(one.owner), one);
    }
  }

  apply(batch: readonly TaskDelivery[]): void {
    const postings = batch.map((delivery) => taskPosting(delivery, price(delivery.data.taskId), delivery.id));
    const booking = book(this.accounts, unbooked(postings, this.keys), DAY);
    for (const line of booking.lines) this.keys.add(line.posting.key);
    for (const { cause: _, ...changed } of booking.accounts)
      this.accounts.set(ownerKey(changed.owner), changed);
    this.lines.push(...booking.lines);
  }

  balances(): Record<string, number> {
    return Object.fromEntries([...this.accounts].map(([key, { balance }]) => [key, balance]));
  }
}

/** The balances that the stories should give, computed without a journal. */
function expectedBalances(
  stories: readonly TaskStory[],
  employees: readonly string[],
): Record<string, number> {
  const balances = Object.fromEntries(employees.map((id) => [ownerKey({ type: EMPLOYEE, id }), 0]));
  const add = (id: string | undefined, amount: number) => {
    const key = ownerKey({ type: EMPLOYEE, id: id ?? '' });
    balances[key] = (balances[key] ?? Number.NaN) + amount;
  };
  for (const { taskId, assignees, completed: done } of stories) {
    for (const assignee of assignees) add(assignee, -price(taskId).fee);
    if (done) add(assignees.at(-1), price(taskId).reward);
  }
  return balances;
}

describe('any history of tasks, delivered more than once, in any order, in any batches', () => {
  const employees = [1, 2, 3].map((n) => fixtureId(1, n));
  const deliveries = arbitraryDeliveries(8, employees, (n) => fixtureId(2, n));

  it('FAIL-2: gives the same balances as exactly once, in order', () => {
    fc.assert(
      fc.property(deliveries, ({ stories, batches }) => {
        const books = new Books(employees);
        for (const batch of batches) books.apply(batch);
        expect(books.balances()).toEqual(expectedBalances(stories, employees));
      }),
    );
  });

  it('ACC-2: charges every assignment and pays every completion exactly once', () => {
    fc.assert(
      fc.property(deliveries, ({ stories, batches }) => {
        const books = new Books(employees);
        for (const batch of batches) books.apply(batch);
        const keys = stories.flatMap(({ taskId, assignees, completed: done }) => [
          ...assignees.map((_, index) => `charge:${taskId}:${index + 1}`),
          ...(done ? [`reward:${taskId}`] : []),
        ]);
        expect(books.lines.map(({ posting }) => posting.key).sort()).toEqual(keys.sort());
      }),
    );
  });

  it('ACC-3: numbers the lines of an account without gaps, each with the balance after it', () => {
    fc.assert(
      fc.property(deliveries, ({ batches }) => {
        const books = new Books(employees);
        for (const batch of batches) books.apply(batch);
        for (const { id, balance, entryCount } of books.accounts.values()) {
          const lines = books.lines.filter(({ accountId }) => accountId === id);
          expect(lines.map(({ accountSequence }) => accountSequence)).toEqual(
            lines.map((_, index) => index + 1),
          );
          expect(lines.length).toBe(entryCount);
          let sum = 0;
          for (const line of lines) {
            sum += line.posting.amount;
            expect(line.balanceAfter).toBe(sum);
          }
          expect(balance).toBe(sum);
        }
      }),
    );
  });
});

describe('a batch with two lines of one account', () => {
  const accounts = new Map([
    [`${EMPLOYEE}/${PIP}`, { ...account(PIP, 1000), balance: 500, entryCount: 7, balanceVersion: 3 }],
  ]);
  const { fee, reward } = price(TASK_1);
  const postings = [created(TASK_1, PIP), completed(TASK_1, 2, PIP)].map((delivery) =>
    taskPosting(delivery, price(TASK_1), delivery.id),
  );
  const booking = book(accounts, postings, DAY);

  it("continues from the account's state", () => {
    expect(booking.lines).toMatchObject([
      { accountId: 1000, accountSequence: 8, balanceAfter: 500 - fee },
      { accountId: 1000, accountSequence: 9, balanceAfter: 500 - fee + reward },
    ]);
  });

  it('publishes the balance once', () => {
    expect(booking.accounts).toMatchObject([
      { entryCount: 9, balance: 500 - fee + reward, balanceVersion: 4 },
    ]);
    const events = booking.accounts.map((changed) => balanceEvent(changed, 'USD'));
    expect(events).toMatchObject([{ aggregateId: PIP, sequence: 4, data: { balance: 500 - fee + reward } }]);
    expect(events[0]?.cause.causationId).toBe(completed(TASK_1, 2, PIP).id);
  });

  it('publishes each line under the version of the account', () => {
    const events = booking.lines.map((line) => lineEvent(line));
    expect(
      events.map(({ contract, aggregateId, sequence }) => [contract.type, aggregateId, sequence]),
    ).toEqual([
      ['accounting.employee.billed.v1', PIP, 8],
      ['accounting.task.paid.v1', PIP, 9],
    ]);
    expect(events[0]?.data).toMatchObject({ amount: -fee, fee, reward, businessDay: '2026-03-01' });
    expect(events[1]?.data).toMatchObject({ amount: reward, fee, reward, taskId: TASK_1 });
  });

  it('does not change the given accounts', () => {
    expect(accounts.get(`${EMPLOYEE}/${PIP}`)).toMatchObject({
      balance: 500,
      entryCount: 7,
      balanceVersion: 3,
    });
  });
});

describe('the posting of an event', () => {
  it('ACC-2: charges the new assignee under the version of the assignment, against the company', () => {
    expect(taskPosting(reassigned(TASK_1, 3, JAY), price(TASK_1), fixtureId(3, 1))).toMatchObject({
      key: `charge:${TASK_1}:3`,
      kind: 'fee',
      amount: -price(TASK_1).fee,
      owner: { type: 'employee', id: JAY },
      counterAccountId: COMPANY_ACCOUNT,
      reference: { type: 'task', id: TASK_1 },
    });
  });

  it('ACC-2: pays a completion under a key that has no version', () => {
    expect(taskPosting(completed(TASK_1, 3, JAY), price(TASK_1), fixtureId(3, 1))).toMatchObject({
      key: `reward:${TASK_1}`,
      kind: 'reward',
      amount: price(TASK_1).reward,
    });
  });

  it('is also booked if the fee is zero', () => {
    const posting = taskPosting(
      created(TASK_1, PIP),
      { fee: 0, reward: 0, currency: 'USD' },
      fixtureId(3, 1),
    );
    expect(posting.amount).toBe(0);
  });

  it('prices its task as the first version', () => {
    expect(pricedEvent(created(TASK_1, PIP), price(TASK_1))).toMatchObject({
      aggregateId: TASK_1,
      sequence: 1,
      data: { taskId: TASK_1, ...price(TASK_1) },
    });
  });
});

describe('a posting to a missing account', () => {
  it('is refused', () => {
    const posting = taskPosting(created(TASK_1, PIP), price(TASK_1), fixtureId(3, 1));
    expect(() => book(new Map(), [posting], DAY)).toThrow(`There is no account of employee/${PIP}`);
  });
});

describe('a balance beyond the safe integers', () => {
  it('is refused rather than rounded', () => {
    const rich = { ...account(PIP, 1000), balance: Number.MAX_SAFE_INTEGER };
    const posting = taskPosting(completed(TASK_1, 2, PIP), price(TASK_1), fixtureId(3, 1));
    expect(() => book(new Map([[`${EMPLOYEE}/${PIP}`, rich]]), [posting], DAY)).toThrow(RangeError);
  });
});
