/** Events of auth, tasks and accounting for the tests of this service. */
import { balanceChanged } from '#schemas/events/accounting/balance-changed.v1.ts';
import { dayClosed } from '#schemas/events/accounting/day-closed.v1.ts';
import { employeeBilled } from '#schemas/events/accounting/employee-billed.v1.ts';
import { payoutMade } from '#schemas/events/accounting/payout-made.v1.ts';
import { postingMade } from '#schemas/events/accounting/posting-made.v1.ts';
import { taskPaid } from '#schemas/events/accounting/task-paid.v1.ts';
import { taskPriced } from '#schemas/events/accounting/task-priced.v1.ts';
import { userChanged } from '#schemas/events/auth/user-changed.v1.ts';
import { userRegistered } from '#schemas/events/auth/user-registered.v1.ts';
import { taskCompleted } from '#schemas/events/tasks/task-completed.v1.ts';
import { taskCreated } from '#schemas/events/tasks/task-created.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import { type FixtureEvent, fixtureEvent } from '../../../test/harness/consumers/fixture.ts';

const SOME_TIME = Date.UTC(2026, 2, 1, 12);
const uuid = (kind: number, n: number) => `0195d000-0000-7000-800${kind}-${String(n).padStart(12, '0')}`;
export const employee = (n: number) => uuid(1, n);
export const taskId = (n: number) => uuid(2, n);

export function user(n: number, name: string) {
  const login = name.toLowerCase();
  const email = `${login}@popug.example`;
  return {
    userId: employee(n),
    login,
    name,
    email,
    locale: null,
    roles: [],
    active: true,
    mustChangeBeak: false,
    tokenVersion: 1,
  };
}

const task = (n: number) => ({
  taskId: taskId(n),
  title: `Wash cage ${n}`,
  externalId: n % 2 === 0 ? `POPUG-${n}` : null,
  description: '',
});

/** All versions of a user, with a name for each. */
export function names(n: number, ...all: readonly string[]): FixtureEvent[] {
  return all.map((name, index) =>
    index === 0
      ? fixtureEvent(userRegistered, employee(n), 1, user(n, name))
      : fixtureEvent(userChanged, employee(n), index + 1, user(n, name)),
  );
}

/**
 * A task that is assigned to these employees in order. If it is done, the last one completes it.
 */
export function history(n: number, assignees: readonly number[], done: boolean): FixtureEvent[] {
  const at = SOME_TIME + n * 1_000;
  const events = assignees.map((assignee, index) => {
    const data = { ...task(n), assigneeId: employee(assignee) };
    if (index === 0) {
      const created = { ...data, createdById: employee(9), createdAt: at };
      return fixtureEvent(taskCreated, taskId(n), 1, created);
    }
    const drawn = { previousAssigneeId: employee(1), shuffleId: uuid(3, index), reassignedAt: at + index };
    return fixtureEvent(taskReassigned, taskId(n), index + 1, { ...data, ...drawn });
  });
  const completed = { ...task(n), assigneeId: employee(assignees.at(-1) ?? 0), completedAt: at + 900 };
  return done ? [...events, fixtureEvent(taskCompleted, taskId(n), assignees.length + 1, completed)] : events;
}

const CURRENCY = 'USD';

interface OwnerAccount {
  readonly ownerType: string;
  readonly who: number;
  /** The id that accounting derives for it. */
  readonly aggregateId: string;
  lines: number;
  balance: number;
  announced: number;
}

const EMPLOYEE = 'employee';

/** A small ledger. Its versions, balances and prices are consistent, as in accounting. */
export class Ledger {
  readonly events: FixtureEvent[] = [];
  readonly #accounts = new Map<string, OwnerAccount>();
  #entries = 0;

  price(n: number): { fee: number; reward: number; currency: string } {
    return { fee: 1_000 + n * 50, reward: 2_000 + (n % 3) * 500, currency: CURRENCY };
  }

  priced(n: number): this {
    const data = { taskId: taskId(n), ...this.price(n) };
    this.events.push(fixtureEvent(taskPriced, taskId(n), 1, data));
    return this;
  }

  billed(n: number, who: number, businessDay: string): this {
    return this.#task(employeeBilled, n, who, -this.price(n).fee, businessDay);
  }

  paid(n: number, who: number, businessDay: string): this {
    return this.#task(taskPaid, n, who, this.price(n).reward, businessDay);
  }

  /**
   * Owners of another type than `employee` have separate accounts, even with the id of an employee.
   */
  posted(who: number, amount: number, businessDay: string, ownerType = EMPLOYEE): this {
    const account = this.#of(who, ownerType);
    const line = this.#line(account, amount, businessDay);
    const data = {
      ...line,
      ownerType,
      ownerId: employee(who),
      kind: 'adjustment',
      reason: 'A broken perch',
      requestId: null,
      referenceType: null,
      referenceId: null,
      referenceTitle: null,
      byId: employee(9),
      byName: 'Ada',
    };
    this.events.push(fixtureEvent(postingMade, account.aggregateId, account.lines, data));
    return this;
  }

  /** Pays out all positive balances and closes the day. */
  close(businessDay: string): this {
    for (const account of this.#accounts.values()) {
      const { ownerType, who, aggregateId, balance } = account;
      if (ownerType !== EMPLOYEE || balance <= 0) continue;
      const { entryId, amount, currency, occurredAt } = this.#line(account, -balance, businessDay);
      const data = {
        payoutId: uuid(4, this.#entries),
        entryId,
        employeeId: employee(who),
        amount: -amount,
        currency,
        businessDay,
        operations: 1,
        occurredAt,
      };
      this.events.push(fixtureEvent(payoutMade, aggregateId, account.lines, data));
    }
    const totals = { fees: 1, rewards: 1, result: 0, payouts: 1, totalPaid: 1, carriedOver: 0, entries: 1 };
    const data = { businessDay, currency: CURRENCY, ...totals, head: 'aa', closedAt: SOME_TIME };
    this.events.push(fixtureEvent(dayClosed, businessDay, 1, data));
    return this;
  }

  /** Announces the newest balance of every account. */
  announce(): this {
    for (const account of this.#accounts.values()) {
      const { ownerType, who, aggregateId, balance } = account;
      account.announced += 1;
      const data = { ownerType, ownerId: employee(who), balance, currency: CURRENCY };
      this.events.push(fixtureEvent(balanceChanged, aggregateId, account.announced, data));
    }
    return this;
  }

  #of(who: number, ownerType = EMPLOYEE): OwnerAccount {
    const id = employee(who);
    const aggregateId = ownerType === EMPLOYEE ? id : `${ownerType}:${id}`;
    const account = this.#accounts.get(aggregateId) ?? {
      ownerType,
      who,
      aggregateId,
      lines: 0,
      balance: 0,
      announced: 0,
    };
    this.#accounts.set(aggregateId, account);
    return account;
  }

  #line(account: OwnerAccount, amount: number, businessDay: string) {
    account.lines += 1;
    account.balance += amount;
    this.#entries += 1;
    return {
      entryId: uuid(5, this.#entries),
      amount,
      currency: CURRENCY,
      balanceAfter: account.balance,
      businessDay,
      occurredAt: SOME_TIME + this.#entries,
    };
  }

  #task(
    contract: typeof employeeBilled | typeof taskPaid,
    n: number,
    who: number,
    amount: number,
    day: string,
  ): this {
    const account = this.#of(who);
    const line = this.#line(account, amount, day);
    const data = { ...task(n), ...this.price(n), ...line, employeeId: employee(who) };
    this.events.push(fixtureEvent(contract, account.aggregateId, account.lines, data));
    return this;
  }
}
