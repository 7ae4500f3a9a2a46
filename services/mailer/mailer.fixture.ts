/**
 * Shared parts of this service's tests: a database of their own, delivered events, and their
 * results.
 */
import { randomUUID } from 'node:crypto';
import type { Bus } from '#mixins/bus/bus.ts';
import { listDeadLetters } from '#mixins/consumer/dead-letters.store.ts';
import type { DeadLetter, DeadLetterSource } from '#mixins/consumer/dead-letters.ts';
import type { Delivery } from '#mixins/consumer/definition.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import { DatabaseLifecycle } from '#mixins/database/lifecycle.ts';
import type { ItemWork } from '#mixins/loops/item-work.ts';
import { Loops } from '#mixins/loops/loops.ts';
import type { Traces } from '#mixins/tracing/traces.ts';
import { decodeEvent } from '#schemas/avro.ts';
import type { EventContract, EventData } from '#schemas/event.ts';
import { dayClosed } from '#schemas/events/accounting/day-closed.v1.ts';
import { employeeBilled } from '#schemas/events/accounting/employee-billed.v1.ts';
import { payoutMade } from '#schemas/events/accounting/payout-made.v1.ts';
import { postingMade } from '#schemas/events/accounting/posting-made.v1.ts';
import { taskPaid } from '#schemas/events/accounting/task-paid.v1.ts';
import { userRegistered } from '#schemas/events/auth/user-registered.v1.ts';
import { type MailRequested, mailRequested } from '#schemas/events/mailer/mail-requested.v1.ts';
import { shuffleCompleted } from '#schemas/events/tasks/shuffle-completed.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { PATIENCE } from '../../test/harness/patience.ts';
import { digestsWork } from './digests/compose-digests.handler.ts';
import { CLEARINGS } from './mails/clear-facts.handler.ts';
import type { ComposeSettings } from './mails/compose.ts';
import { payoutsWork } from './payouts/compose-payouts.handler.ts';
import { requestsWork } from './requests/compose-requests.handler.ts';
import { type RequestDelivery, takeRequests } from './requests/take-requests.handler.ts';
import { MailWork } from './sending/mail-work.client.ts';
import type { SmtpLimits } from './sending/smtp.client.ts';
import { copyUsers } from './users/copy-users.handler.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const MIGRATIONS = new URL('./migrations/', import.meta.url);

interface NodeOptions {
  /** Wraps the node's database. */
  readonly through?: (database: Database) => Database;
  readonly leaseMs?: number;
  readonly slowMs?: number;
  /** Default: loops that are not observed. */
  readonly loops?: Loops;
  readonly traces?: Traces;
}

export interface TestMailer {
  readonly config: Config;
  readonly database: Database;
  /** Makes passes until no more mails can be composed. */
  compose(): Promise<void>;
  /**
   * A node with its own connection pool that composes and sends mails. With a `null` SMTP URL it
   * only composes.
   */
  node(smtpUrl: string | null, limits?: Partial<SmtpLimits>, more?: NodeOptions): Promise<MailWork>;
  close(): Promise<void>;
}

/**
 * Limits for servers that hang. Other servers get the limits of production: a busy machine can
 * delay a test's process for a second, and a mail that timed out is sent again.
 */
export const IMPATIENT = { greetingMs: 1_000 * PATIENCE, silenceMs: 1_000 * PATIENCE };

/** How long a stopping node waits for mails under way. */
export const STOP_WITHIN_MS = 1_000;

/** The migrated database of a fresh namespace. */
export async function openMailer(overrides: Partial<Config> = {}): Promise<TestMailer> {
  const config = testConfig({ databasePoolSize: 6, ...overrides });
  const open = () => new DatabaseLifecycle({ config, service: 'mailer', migrations: MIGRATIONS, log: quiet });
  const lifecycle = open();
  const database = await lifecycle.open();
  const ends: (() => Promise<void>)[] = [];
  return {
    config,
    database,
    compose: () => composeAll(database, config),
    async node(smtpUrl, limits = {}, { through = (database: Database) => database, ...more } = {}) {
      const own = open();
      // There is neither bus nor broker. `compose` turns requests into mails as if the broker had
      // all acknowledgements.
      const bus = { connected: false } as Bus;
      const work = new MailWork({
        database: through(await own.open()),
        config: { ...config, smtpUrl },
        bus,
        loops: new Loops({ service: 'mailer', log: quiet }),
        log: quiet,
        limits,
        stopWithinMs: STOP_WITHIN_MS,
        ...more,
      });
      work.start();
      ends.push(async () => {
        await work.stop();
        await own.close();
      });
      return work;
    },
    async close() {
      await Promise.all(ends.map((end) => end()));
      await lifecycle.close();
      await dropNamespace(config);
    },
  };
}

/**
 * The same database, but after each commit it awaits `action`, with the statements' values and the
 * transaction's result. The caller gets the error of `action`, as if the answer to the commit had
 * been lost.
 */
export function behindCommit(
  database: Database,
  action: (given: readonly unknown[], result: unknown) => Promise<void>,
): Database {
  return {
    ...database,
    inTransaction: async (work) => {
      const given: unknown[] = [];
      const noting =
        <Answer>(use: (sql: string, bind?: readonly unknown[]) => Promise<Answer>) =>
        (sql: string, bind: readonly unknown[] = []) => {
          given.push(...bind);
          return use(sql, bind);
        };
      const result = await database.inTransaction((tx) =>
        work({ ...tx, rows: noting(tx.rows) as Tx['rows'], run: noting(tx.run) }),
      );
      await action(given, result);
      return result;
    },
  };
}

/** What an operator action needs for dead letters of this mailer. */
export function sourceOf({ database }: TestMailer, loops: Loops): DeadLetterSource {
  return { database, contextOf: () => undefined, workOf: (name) => loops.work(name) };
}

/** Open dead letters, oldest first. */
export async function openDeadLetters({ database }: TestMailer): Promise<DeadLetter[]> {
  return (await listDeadLetters(database, { status: 'open', limit: 100 })).reverse();
}

/** Empties the tables, which is faster than a new database for each test. */
export async function empty({ database }: TestMailer): Promise<void> {
  const tables = [
    'operation',
    'payout',
    'closed_day',
    'draw',
    'digest',
    'request',
    'mail',
    'mailbox',
    'user_copy',
    'outbox',
    'dead_letter',
    'attempt',
  ];
  await database.inTransaction(async (tx) => {
    for (const table of tables) await tx.run(`DELETE FROM ${table}`);
  });
}

/** Deletes all used facts that may be deleted. Returns the amount of work. */
export async function clearFacts(database: Database, keepMs?: number): Promise<number> {
  let done = 0;
  for (const clear of Object.values(CLEARINGS)) done += await clear(database, keepMs);
  return done;
}

/** One pass over as many items as it may take. */
export function passOf<Result>({ pass, most }: ItemWork<Result>): Promise<Result> {
  return pass(most, () => {});
}

export async function composeAll(database: Database, settings: ComposeSettings): Promise<void> {
  const works = [
    requestsWork(database, settings, async () => Number.MAX_SAFE_INTEGER),
    payoutsWork(database, settings),
    digestsWork(database, settings),
  ];
  for (;;) {
    let composed = 0;
    for (const work of works) composed += (await passOf(work)).mails;
    if (composed === 0) return;
  }
}

/** An id with a readable number: `id(7)` ends in 7. */
export const id = (n: number): string => `0195c000-0000-7000-8000-${String(n).padStart(12, '0')}`;

let sequence = 0;

/** An event as a consumer receives it. */
export function delivery<C extends EventContract>(
  contract: C,
  aggregateId: string,
  data: EventData<C>,
  version = 1,
): Delivery<C> {
  sequence += 1;
  return {
    id: randomUUID(),
    type: contract.type,
    source: 'test',
    subject: `${contract.aggregate}/${aggregateId}`,
    aggregateId,
    sequence: version,
    streamSequence: sequence,
    time: new Date(1_740_000_000_000 + sequence),
    actorId: 'service:test',
    actorAddress: null,
    correlationId: 'a-correlation',
    causationId: null,
    traceparent: null,
    data,
  } as unknown as Delivery<C>;
}

export const DAY = '2025-03-09';
const NOON = Date.UTC(2025, 2, 9, 12);

export interface TestUser {
  readonly n: number;
  readonly name?: string;
  readonly email?: string;
  readonly locale?: string | null;
  /** Default: 1. */
  readonly version?: number;
}

export const emailOf = (n: number) => `popug${n}@popug.example`;

export async function putUsers(database: Database, users: readonly TestUser[]): Promise<void> {
  const batch = users.map(({ n, name = `Popug ${n}`, email = emailOf(n), locale = null, version = 1 }) =>
    delivery(
      userRegistered,
      id(n),
      {
        userId: id(n),
        login: `popug${n}`,
        name,
        email,
        locale,
        roles: [],
        active: true,
        mustChangeBeak: false,
        tokenVersion: 1,
      },
      version,
    ),
  );
  await database.inTransaction((tx) => copyUsers(batch, tx));
}

const task = (n: number) => ({
  taskId: id(n),
  title: `Task ${n}`,
  externalId: n % 2 === 0 ? null : `POPUG-${n}`,
  description: '',
});

const money = { fee: 1_500, reward: 3_000, currency: 'USD', balanceAfter: 0 };

interface Line {
  readonly entry: number;
  readonly employee: number;
  readonly day?: string;
}

/** A fee of 15 dollars for task `entry`, `entry` minutes after noon. */
export const billed = ({ entry, employee, day = DAY }: Line) =>
  delivery(employeeBilled, id(employee), {
    ...task(entry),
    ...money,
    entryId: id(entry),
    employeeId: id(employee),
    amount: -1_500,
    businessDay: day,
    occurredAt: NOON + entry * 60_000,
  });

/** A reward of 30 dollars. */
export const paid = ({ entry, employee, day = DAY }: Line) =>
  delivery(taskPaid, id(employee), {
    ...task(entry),
    ...money,
    entryId: id(entry),
    employeeId: id(employee),
    amount: 3_000,
    businessDay: day,
    occurredAt: NOON + entry * 60_000,
  });

/** An adjustment of 7 dollars, or a posting to another owner with the same id as that employee. */
export const posted = ({
  entry,
  employee,
  day = DAY,
  ownerType = 'employee',
}: Line & { ownerType?: string }) =>
  delivery(postingMade, ownerType === 'employee' ? id(employee) : `${ownerType}:${id(employee)}`, {
    entryId: id(entry),
    ownerType,
    ownerId: id(employee),
    amount: 700,
    currency: 'USD',
    kind: 'adjustment',
    reason: 'For the patience',
    requestId: null,
    referenceType: null,
    referenceId: null,
    referenceTitle: null,
    byId: null,
    byName: null,
    balanceAfter: 0,
    businessDay: day,
    occurredAt: NOON + entry * 60_000,
  });

export const payoutOf = (n: number, employee: number, amount: number, operations: number, day = DAY) =>
  delivery(payoutMade, id(employee), {
    payoutId: id(n),
    entryId: id(n + 500_000),
    employeeId: id(employee),
    amount,
    currency: 'USD',
    businessDay: day,
    operations,
    occurredAt: NOON + 12 * 3_600_000,
  });

export const closed = (payouts: number, day = DAY) =>
  delivery(dayClosed, day, {
    businessDay: day,
    currency: 'USD',
    fees: 0,
    rewards: 0,
    result: 0,
    payouts,
    totalPaid: 0,
    carriedOver: 0,
    entries: 0,
    head: '',
    closedAt: NOON,
  });

export const drawn = (shuffle: number, assignee: number, n: number) =>
  delivery(taskReassigned, id(n), {
    ...task(n),
    previousAssigneeId: id(1),
    assigneeId: id(assignee),
    shuffleId: id(shuffle),
    reassignedAt: NOON,
  });

/** One part of a completed shuffle; `counts` are tasks by assignee. */
export const shuffled = (
  shuffle: number,
  counts: Readonly<Record<number, number>>,
  { part = 1, parts = 1 } = {},
) =>
  delivery(
    shuffleCompleted,
    id(shuffle),
    {
      shuffleId: id(shuffle),
      requestedById: id(1),
      tasksDrawn: 0,
      byAssignee: Object.entries(counts).map(([n, tasksDrawn]) => ({
        assigneeId: id(Number(n)),
        tasksDrawn,
      })),
      completedAt: NOON + shuffle,
      part,
      parts,
    },
    part,
  );

export function requested(n: number, request: Partial<MailRequested> = {}): RequestDelivery {
  return delivery(mailRequested, id(n), {
    requestId: id(n),
    sender: 'test',
    recipient: emailOf(1),
    recipientName: null,
    locale: null,
    subject: `Subject ${n}`,
    text: `Text ${n}`,
    template: null,
    sealed: null,
    data: null,
    ...request,
  });
}

/** Requests mails and puts them into the queue. */
export async function ask(mailer: TestMailer, batch: readonly RequestDelivery[]): Promise<void> {
  await mailer.database.inTransaction((tx) => takeRequests(batch, tx));
  await mailer.compose();
}

export interface StoredMail {
  readonly requestKey: string;
  readonly recipient: string;
  readonly status: string;
  readonly template: string | null;
  readonly subject: string;
  readonly text: string | null;
  readonly reason: string | null;
  readonly attempts: number;
}

/** In the order of the queue. */
export function mailsOf(database: Database): Promise<StoredMail[]> {
  return database.rows(
    `SELECT request_key AS "requestKey", recipient, status, template, subject, text, reason, attempts FROM mail ORDER BY position`,
  );
}

export async function eventsOf<C extends EventContract>(
  database: Database,
  contract: C,
): Promise<EventData<C>[]> {
  const rows = await database.rows<{ payload: Buffer }>(
    'SELECT payload FROM outbox WHERE type = $1 ORDER BY position',
    [contract.type],
  );
  return rows.map(({ payload }) => decodeEvent(contract, contract.schema, payload));
}
