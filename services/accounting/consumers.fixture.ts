/** The events that the consumer harness delivers to the consumers of this service. */
import { createHash } from 'node:crypto';
import type { Database } from '#mixins/database/database.ts';
import { postingRequested } from '#schemas/events/accounting/posting-requested.v1.ts';
import { userChanged } from '#schemas/events/auth/user-changed.v1.ts';
import { userRegistered } from '#schemas/events/auth/user-registered.v1.ts';
import { taskCompleted } from '#schemas/events/tasks/task-completed.v1.ts';
import { taskCreated } from '#schemas/events/tasks/task-created.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import {
  type ConsumerFixtures,
  type FixtureEvent,
  fixtureEvent,
} from '../../test/harness/consumers/fixture.ts';

const SOME_TIME = Date.UTC(2026, 2, 1, 12);
const employee = (n: number) => `0195b000-0000-7000-8001-${String(n).padStart(12, '0')}`;
const taskId = (n: number) => `0195b000-0000-7000-8002-${String(n).padStart(12, '0')}`;

function user(n: number, name: string, active = true) {
  const login = name.toLowerCase().replaceAll(' ', '-');
  const email = `${login}@popug.example`;
  return {
    userId: employee(n),
    login,
    name,
    email,
    locale: null,
    roles: ['developer'],
    active,
    mustChangeBeak: false,
    tokenVersion: 1,
  };
}

const registered = (n: number, name: string): FixtureEvent =>
  fixtureEvent(userRegistered, employee(n), 1, user(n, name));
const renamed = (n: number, sequence: number, name: string, active = true): FixtureEvent =>
  fixtureEvent(userChanged, employee(n), sequence, user(n, name, active));

const task = (n: number) => ({
  taskId: taskId(n),
  title: `Wash cage ${n}`,
  externalId: n % 2 === 0 ? `POPUG-${n}` : null,
  description: '',
});

/** A task that is assigned to these employees in turn. The last one completes it. */
function history(n: number, assignees: readonly number[], done: boolean): FixtureEvent[] {
  const at = (sequence: number) => SOME_TIME + n * 1_000 + sequence;
  const events = assignees.map((assignee, index) => {
    const sequence = index + 1;
    const data = { ...task(n), assigneeId: employee(assignee) };
    return index === 0
      ? fixtureEvent(taskCreated, taskId(n), 1, { ...data, createdById: employee(9), createdAt: at(1) })
      : fixtureEvent(taskReassigned, taskId(n), sequence, {
          ...data,
          previousAssigneeId: employee(assignees[index - 1] ?? 0),
          shuffleId: taskId(900 + index),
          reassignedAt: at(sequence),
        });
  });
  const last = assignees.at(-1) ?? 0;
  const sequence = assignees.length + 1;
  const completion = { ...task(n), assigneeId: employee(last), completedAt: at(sequence) };
  return done ? [...events, fixtureEvent(taskCompleted, taskId(n), sequence, completion)] : events;
}

/** The histories, one step of each in turn, as shuffles over many tasks produce them. */
function interleaved(histories: readonly FixtureEvent[][]): FixtureEvent[] {
  const longest = Math.max(...histories.map(({ length }) => length));
  return Array.from({ length: longest }, (_, step) =>
    histories.flatMap((events) => events[step] ?? []),
  ).flat();
}

const requestId = (n: number) => `0195b000-0000-7000-8003-${String(n).padStart(12, '0')}`;

/** Income or expense that another service requests. */
function requested(n: number, owner: number, amount: number, more: object = {}): FixtureEvent {
  const data = {
    requestId: requestId(n),
    ownerType: 'employee',
    ownerId: employee(owner),
    amount,
    currency: 'USD',
    kind: 'bonus',
    reason: `For feather ${n}`,
    referenceType: n % 2 === 0 ? 'feather' : null,
    referenceId: n % 2 === 0 ? String(n) : null,
    referenceTitle: n % 2 === 0 ? `Feather ${n}` : null,
    occurredAt: SOME_TIME + n,
  };
  return fixtureEvent(postingRequested, requestId(n), 1, { ...data, ...more });
}

/**
 * Every database draws its own secret for prices. Here all share one, so that amounts can be
 * compared.
 */
async function sharePriceSecret(database: Database): Promise<void> {
  const secret = createHash('sha256').update('one secret for all runs of the harness').digest();
  await database.inTransaction((tx) =>
    tx.run(`INSERT INTO secret (name, value) VALUES ('price', $1)`, [secret]),
  );
}

export default {
  tasks: {
    prepare: sharePriceSecret,
    events: () =>
      interleaved([
        history(1, [1, 2, 1], true),
        history(2, [2], true),
        history(3, [3, 3, 3, 1], false),
        history(4, [1], false),
        history(5, [2, 3], true),
        history(6, [3, 1, 2, 3, 1], true),
        history(7, [2, 2], true),
        history(8, [1], true),
      ]),
    state: async (database) => ({
      accounts: await database.rows(
        'SELECT owner_type, owner_id, balance, entry_count FROM account ORDER BY owner_type, owner_id',
      ),
      lines: await database.rows(
        `SELECT key, kind, owner_id, amount, reference_type, reference_id, reference_title, reference_external_id
         FROM posting JOIN entry ON entry.posting_id = posting.id JOIN account ON account.id = entry.account_id
         ORDER BY key COLLATE "C", owner_id`,
      ),
      prices: await database.rows(
        'SELECT reference_id, fee, reward, currency FROM price ORDER BY reference_id',
      ),
      events: await database.rows(
        `SELECT type, count(*) AS count FROM outbox WHERE type <> 'accounting.balance.changed.v1' GROUP BY type ORDER BY type`,
      ),
      balancesThatAreNotTheirLines: await database.rows(
        `SELECT account.id FROM account LEFT JOIN entry ON entry.account_id = account.id
         WHERE account.balance IS NOT NULL GROUP BY account.id HAVING account.balance <> coalesce(sum(entry.amount), 0)`,
      ),
    }),
  },
  requests: {
    events: () => [
      requested(1, 1, 500),
      requested(2, 2, -700),
      requested(3, 1, 0),
      requested(4, 3, 100, { kind: 'payout' }),
      requested(5, 1, 40, { ownerType: 'vendor' }),
      requested(6, 2, 900),
      requested(7, 3, 1, { currency: 'EUR' }),
      requested(8, 1, -500, { kind: 'fine' }),
      requested(9, 4, 12_300),
      requested(10, 4, 5, { ownerType: 'bank' }),
      requested(11, 4, 5, { reason: ' ' }),
      requested(12, 3, 77),
    ],
    state: async (database) => ({
      requests: await database.rows('SELECT id, requested_by, refusal_code FROM posting_request ORDER BY id'),
      lines: await database.rows(
        `SELECT key, kind, owner_type, owner_id, amount, reference_type, reference_id, note
         FROM posting JOIN entry ON entry.posting_id = posting.id JOIN account ON account.id = entry.account_id
         ORDER BY key COLLATE "C", owner_id`,
      ),
      accounts: await database.rows(
        'SELECT owner_type, owner_id, balance, entry_count FROM account ORDER BY owner_type, owner_id',
      ),
      events: await database.rows(
        `SELECT type, count(*) AS count FROM outbox WHERE type <> 'accounting.balance.changed.v1' GROUP BY type ORDER BY type`,
      ),
      totals: await database.rows(
        'SELECT sum(lines)::bigint AS lines, sum(fees)::bigint AS fees FROM day_total',
      ),
    }),
  },
  users: {
    events: () => [
      registered(1, 'Ada'),
      registered(2, 'Mia'),
      registered(3, 'Pip'),
      renamed(3, 2, 'Pip the Second'),
      registered(4, 'Rio'),
      renamed(2, 2, 'Mia Macaw'),
      renamed(3, 3, 'Pip the Third', false),
      renamed(3, 4, 'Pip'),
      registered(5, 'Kea'),
      renamed(5, 2, 'Kea', false),
    ],
    state: (database) => database.rows('SELECT id, name, version FROM user_copy ORDER BY id'),
  },
} satisfies ConsumerFixtures;
