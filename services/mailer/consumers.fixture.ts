/**
 * The events that the consumer harness delivers to the consumers of this service. Mails are
 * composed from them before the results are compared.
 */
import type { Delivery } from '#mixins/consumer/definition.ts';
import type { Database } from '#mixins/database/database.ts';
import type { Platform } from '#mixins/platform.ts';
import type { EventContract } from '#schemas/event.ts';
import { dayClosed } from '#schemas/events/accounting/day-closed.v1.ts';
import { employeeBilled } from '#schemas/events/accounting/employee-billed.v1.ts';
import { payoutMade } from '#schemas/events/accounting/payout-made.v1.ts';
import { postingMade } from '#schemas/events/accounting/posting-made.v1.ts';
import { taskPaid } from '#schemas/events/accounting/task-paid.v1.ts';
import { userChanged } from '#schemas/events/auth/user-changed.v1.ts';
import { userRegistered } from '#schemas/events/auth/user-registered.v1.ts';
import { mailRequested } from '#schemas/events/mailer/mail-requested.v1.ts';
import { shuffleCompleted } from '#schemas/events/tasks/shuffle-completed.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import {
  type ConsumerFixtures,
  type FixtureEvent,
  fixtureEvent,
} from '../../test/harness/consumers/fixture.ts';
import {
  billed,
  clearFacts,
  closed,
  composeAll,
  drawn,
  id,
  paid,
  payoutOf,
  posted,
  putUsers,
  requested,
  shuffled,
} from './mailer.fixture.ts';

const EMPLOYEES = [1, 2, 3, 4];

const account = (n: number, name: string, locale: string | null) => {
  const login = name.toLowerCase();
  const email = `${login}@popug.example`;
  return {
    userId: id(n),
    login,
    name,
    email,
    locale,
    roles: [],
    active: true,
    mustChangeBeak: false,
    tokenVersion: 1,
  };
};
const registered = (n: number, name: string, locale: string | null = null) =>
  fixtureEvent(userRegistered, id(n), 1, account(n, name, locale));
const changed = (n: number, sequence: number, name: string, locale: string | null = null) =>
  fixtureEvent(userChanged, id(n), sequence, account(n, name, locale));

/** Events of one stream, each with the next version of its aggregate. */
function inStream(contracts: readonly EventContract[], deliveries: readonly Delivery[]): FixtureEvent[] {
  const versions = new Map<string, number>();
  return deliveries.map(({ type, subject, aggregateId, data }) => {
    const contract = contracts.find((each) => each.type === type);
    if (contract === undefined) throw new Error(`${type} is not of this stream`);
    const sequence = (versions.get(subject) ?? 0) + 1;
    versions.set(subject, sequence);
    return { contract, aggregateId, sequence, data };
  });
}

const knowEveryone = (database: Database) =>
  putUsers(
    database,
    EMPLOYEES.map((n) => ({ n })),
  );

/** The mails, and what is left of their facts. */
async function mailed(database: Database, { config }: Platform): Promise<unknown> {
  await composeAll(database, config);
  while ((await clearFacts(database, 0)) > 0);
  return {
    mails: await database.rows(
      `SELECT request_key, recipient, status, template, subject, text, html, reason FROM mail ORDER BY request_key`,
    ),
    mailboxes: await database.rows('SELECT address, due_at IS NOT NULL AS due FROM mailbox ORDER BY address'),
    // Mails of requests are in the order of the stream, whatever the order of delivery.
    order: await database.rows('SELECT request_key FROM mail WHERE template = $1 ORDER BY position', [
      'plain',
    ]),
    operations: await database.rows('SELECT entry_id, amount FROM operation ORDER BY entry_id'),
    draws: await database.rows('SELECT shuffle_id, assignee_id, task_id FROM draw ORDER BY 1, 2, 3'),
    failures: await database.rows('SELECT count(*) AS count FROM outbox'),
  };
}

export default {
  users: {
    events: () => [
      registered(1, 'Ada'),
      registered(2, 'Mia', 'ru'),
      registered(3, 'Pip'),
      registered(4, 'Rio', 'en'),
      changed(3, 2, 'Pip Junior', 'ru'),
      changed(2, 2, 'Mia'),
      registered(5, 'Kiwi'),
      changed(3, 3, 'Pip'),
      changed(4, 2, 'Rio Grande', 'ru'),
    ],
    state: (database) => database.rows('SELECT id, name, email, locale, version FROM user_copy ORDER BY id'),
  },
  accounting: {
    events: () =>
      inStream(
        [employeeBilled, taskPaid, postingMade, payoutMade, dayClosed],
        [
          billed({ entry: 11, employee: 1 }),
          paid({ entry: 12, employee: 1 }),
          billed({ entry: 21, employee: 2 }),
          billed({ entry: 31, employee: 3 }),
          posted({ entry: 13, employee: 1 }),
          paid({ entry: 22, employee: 2 }),
          posted({ entry: 91, employee: 1, ownerType: 'vendor' }),
          posted({ entry: 92, employee: 9, ownerType: 'vendor' }),
          payoutOf(101, 1, 2_200, 3),
          billed({ entry: 14, employee: 1, day: '2025-03-10' }),
          payoutOf(102, 2, 1_500, 2),
          payoutOf(104, 4, 900, 0),
          closed(3),
          paid({ entry: 15, employee: 1, day: '2025-03-10' }),
          billed({ entry: 32, employee: 3, day: '2025-03-10' }),
          payoutOf(103, 1, 1_500, 2, '2025-03-10'),
        ],
      ),
    prepare: knowEveryone,
    state: mailed,
  },
  tasks: {
    events: () =>
      inStream(
        [taskReassigned, shuffleCompleted],
        [
          drawn(701, 1, 11),
          drawn(701, 2, 12),
          drawn(701, 1, 13),
          drawn(701, 3, 14),
          shuffled(701, { 1: 2, 2: 1 }, { part: 1, parts: 2 }),
          shuffled(701, { 3: 1 }, { part: 2, parts: 2 }),
          drawn(702, 2, 11),
          drawn(702, 2, 12),
          drawn(702, 2, 13),
          shuffled(702, { 2: 3 }),
          // A shuffle that is not complete yet.
          drawn(703, 1, 11),
        ],
      ),
    prepare: knowEveryone,
    state: mailed,
  },
  requests: {
    events: () =>
      inStream(
        [mailRequested],
        [
          ...[1, 2, 3, 4, 5, 6].map((n) => requested(n, { recipient: `pip${n % 2}@popug.example` })),
          requested(7, { recipient: 'not an address' }),
          requested(8, { subject: null, text: null, template: 'no such template' }),
          requested(9, { locale: 'ru', subject: 'Тема' }),
        ],
      ),
    state: mailed,
  },
} satisfies ConsumerFixtures;
