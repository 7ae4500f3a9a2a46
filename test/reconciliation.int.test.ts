/**
 * ANA-6: tasks, ledger, figures and mails are compared on one cut, and every difference is named.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COMPILE_CACHE } from '../scripts/compile-cache.mjs';
import { completedShuffle, createTasks, pressShuffle } from './faults/crowd.ts';
import { dropNamespace, testConfig } from './harness/config.ts';
import { testServers } from './harness/servers.ts';
import { type System, serviceNames, startSystem } from './harness/system.ts';
import { until } from './harness/wait.ts';
import {
  completeSome,
  type Exchange,
  type Intruder,
  intruderIn,
  keepBusy,
  reconciled,
} from './reconciliation.fixture.ts';

const config = testConfig();
let system: System;
let exchange: Exchange;

beforeAll(async () => {
  const others = serviceNames().filter((name) => name !== 'accounting');
  const processes = [others, ['accounting']];
  system = await startSystem({ ...testServers(), namespace: config.namespace, processes });
  exchange = await keepBusy(system, config);
}, 120_000);

afterAll(async () => {
  await system?.stop();
  await dropNamespace(config);
});

const CONSISTENT = { consistent: true, differences: [], more: 0, counts: {} };

describe('a busy exchange', () => {
  it('ANA-6: is consistent, at a moment after the request', async () => {
    const before = Date.now();
    const { checkedAt, ...answer } = await reconciled(exchange.admin);
    expect(answer).toEqual(CONSISTENT);
    expect(Date.parse(checkedAt)).toBeGreaterThanOrEqual(before);
  });

  it('ACC-10, ANA-6: has accounts of owners who are not employees, and they agree too', async () => {
    const figures = await intruderIn(config, 'analytics');
    try {
      const balances = await until(
        async () => {
          const rows = await figures.rows(
            `SELECT balance, balance_version AS version FROM live_account WHERE owner_type = 'vendor' AND balance IS NOT NULL ORDER BY balance`,
          );
          return rows.length === 2 && rows;
        },
        { what: 'analytics to hear of the vendors' },
      );
      // Nor is what a vendor is owed paid out with the day.
      expect(balances).toEqual([
        { balance: -3_000, version: 1 },
        { balance: 70_000, version: 1 },
      ]);
    } finally {
      await figures.end();
    }
    expect(await exchange.admin.all('/dead-letters')).toEqual([]);
    expect(await reconciled(exchange.admin)).toMatchObject(CONSISTENT);
  });

  it('ANA-6: is consistent while tasks are created, shuffled and completed', async () => {
    let loading = true;
    const load = (async () => {
      while (loading) {
        const shuffled = pressShuffle(exchange).then((id) => completedShuffle(exchange, id));
        await Promise.all([createTasks(exchange, 40), shuffled, completeSome(exchange, 5)]);
      }
    })();
    try {
      for (let times = 0; times < 3; times++) {
        expect(await reconciled(exchange.admin)).toMatchObject(CONSISTENT);
      }
    } finally {
      loading = false;
      await load;
    }
    expect(await reconciled(exchange.admin)).toMatchObject(CONSISTENT);
  }, 120_000);

  it('ANA-6: is compared after events under way have arrived', async () => {
    const books = await intruderIn(config, 'accounting');
    const runs = await intruderIn(config, 'reconciliation');
    try {
      await books.rows('BEGIN');
      await books.rows('LOCK TABLE posting IN SHARE MODE');
      const { id } = await exchange.manager.createTask('[POPUG-61] A task whose charge takes long');
      const asked = reconciled(exchange.admin);
      await until(async () => {
        const [running] = await runs.rows(`SELECT FROM reconciliation WHERE state = 'running'`);
        const [booking] = await books.rows(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return running !== undefined && booking !== undefined;
      });
      expect(await Promise.race([asked, Promise.resolve('still asked')])).toBe('still asked');
      await books.rows('COMMIT');
      expect(await asked).toMatchObject(CONSISTENT);
      expect(await books.rows(`SELECT FROM posting WHERE key = 'charge:${id}:1'`)).toHaveLength(1);
    } finally {
      await Promise.all([books.end(), runs.end()]);
    }
  });

  it('ANA-6: has a reconciliation for admins only', async () => {
    const employee = exchange.employees[0]?.client;
    for (const client of [employee, exchange.manager]) {
      const answer = await client?.request('GET', '/analytics/reconciliation');
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
  });
});

/** What somebody did who may do everything, and how it is undone. */
interface Plant {
  readonly service: string;
  /**
   * One row: what the difference is about. Earlier rows are there as $1, $2 … where `bind` names
   * their columns.
   */
  readonly about: string;
  readonly done: (about: About) => readonly string[];
  readonly undone: (about: About) => readonly string[];
  readonly found: (about: About) => readonly object[];
}

type About = Readonly<Record<string, string | number | null>>;

/** A posting with its entries is kept aside and deleted; and comes back. */
const postingGone = [
  'CREATE TEMP TABLE kept_posting AS SELECT * FROM posting WHERE id = $posting',
  'CREATE TEMP TABLE kept_entry AS SELECT * FROM entry WHERE posting_id = $posting',
  'DELETE FROM posting WHERE id = $posting',
  'DELETE FROM entry WHERE posting_id = $posting',
];
const postingBack = [
  'INSERT INTO posting SELECT * FROM kept_posting',
  'INSERT INTO entry SELECT * FROM kept_entry',
];

const LINE = `SELECT posting.id AS posting, key, reference_id AS task, split_part(key, ':', 3) AS version, owner_id AS employee, amount,
    entry.account_sequence AS sequence, account.id AS account, public_id AS entry, posting.business_day::text AS day
  FROM posting JOIN entry ON posting_id = posting.id JOIN account ON account.id = account_id AND owner_type = 'employee'`;

/** A second posting like one that is there, under another key. */
const postingTwice = (key: string) => [
  `INSERT INTO posting (id, public_id, key, kind, reference_type, reference_id, reference_title, business_day, occurred_at)
   SELECT (SELECT max(id) + 1000 FROM posting), gen_random_uuid(), ${key}, kind, reference_type, reference_id, reference_title,
     business_day, occurred_at FROM posting WHERE id = $posting`,
  `INSERT INTO entry (posting_id, account_id, amount, business_day, account_sequence, balance_after)
   SELECT (SELECT max(id) FROM posting), account_id, amount, business_day, CASE WHEN account_id >= 1000 THEN
     (SELECT entry_count + 1 FROM account WHERE id = $account) END, CASE WHEN account_id >= 1000 THEN
     (SELECT balance + amount FROM account WHERE id = $account) END FROM entry WHERE posting_id = $posting`,
  'UPDATE account SET entry_count = entry_count + 1, balance = balance + $amount WHERE id = $account',
];
const postingOnce = [
  'DELETE FROM entry WHERE posting_id = (SELECT max(id) FROM posting)',
  'DELETE FROM posting WHERE id = (SELECT max(id) FROM posting)',
  'UPDATE account SET entry_count = entry_count - 1, balance = balance - $amount WHERE id = $account',
];

const PLANTS: Readonly<Record<string, Plant>> = {
  'a charge that was deleted': {
    service: 'accounting',
    about: `${LINE} WHERE kind = 'fee' ORDER BY posting.id OFFSET 7 LIMIT 1`,
    done: () => postingGone,
    undone: () => postingBack,
    found: ({ task, version, employee, amount, sequence, entry, day }) => [
      {
        code: 'charge_missing',
        taskId: task,
        version: Number(version),
        tasks: { employeeId: employee },
        accounting: null,
      },
      {
        code: 'line_unfounded',
        ownerId: employee,
        businessDay: day,
        sequence,
        accounting: null,
        analytics: { entryId: entry, amount, kind: 'fee', referenceId: task },
      },
      { code: 'line_out_of_chain', owner: employee },
    ],
  },
  'a charge that was booked twice': {
    service: 'accounting',
    about: `${LINE} WHERE kind = 'fee' ORDER BY posting.id DESC OFFSET 3 LIMIT 1`,
    done: () => postingTwice(`'charge:' || reference_id || ':77'`),
    undone: () => postingOnce,
    found: ({ task, employee, amount }) => [
      {
        code: 'charge_unfounded',
        taskId: task,
        version: 77,
        tasks: null,
        accounting: { employeeId: employee, amount },
      },
      { code: 'line_missing', ownerId: employee, accounting: { kind: 'fee', amount, referenceId: task } },
    ],
  },
  'a charge that was booked twice under a key of its own': {
    service: 'accounting',
    about: `${LINE} WHERE kind = 'fee' ORDER BY posting.id DESC OFFSET 5 LIMIT 1`,
    done: () => postingTwice(`'some-other-key'`),
    undone: () => postingOnce,
    found: ({ task, employee, amount }) => [
      {
        code: 'posting_malformed',
        kind: 'fee',
        reference: task,
        owner: employee,
        amount,
        key: 'some-other-key',
      },
      { code: 'line_missing', ownerId: employee, accounting: { kind: 'fee', amount, referenceId: task } },
    ],
  },
  'a charge of the wrong one': {
    service: 'accounting',
    about: `${LINE} WHERE kind = 'fee' ORDER BY posting.id OFFSET 11 LIMIT 1`,
    done: () => [
      `UPDATE entry SET account_id = (SELECT max(id) FROM account WHERE id <> $account AND owner_type = 'employee'), account_sequence = 9999
       WHERE posting_id = $posting AND account_id = $account`,
    ],
    undone: () => [
      `UPDATE entry SET account_id = $account, account_sequence = $sequence WHERE posting_id = $posting AND account_id >= 1000`,
    ],
    found: ({ task, version, employee }) => [
      { code: 'charge_differs', taskId: task, version: Number(version), tasks: { employeeId: employee } },
    ],
  },
  'a reward that was deleted': {
    service: 'accounting',
    about: `${LINE} WHERE kind = 'reward' ORDER BY posting.id OFFSET 2 LIMIT 1`,
    done: () => postingGone,
    undone: () => postingBack,
    found: ({ task, employee }) => [
      { code: 'reward_missing', taskId: task, tasks: { employeeId: employee }, accounting: null },
    ],
  },
  'an entry that was made greater': {
    service: 'accounting',
    about: `${LINE} WHERE kind = 'fee' ORDER BY posting.id OFFSET 1 LIMIT 1`,
    done: () => [
      'UPDATE entry SET amount = amount - 1 WHERE posting_id = $posting AND account_id = $account',
    ],
    undone: () => [
      'UPDATE entry SET amount = amount + 1 WHERE posting_id = $posting AND account_id = $account',
    ],
    found: ({ posting, key, employee, amount, task }) => [
      { code: 'posting_unbalanced', posting, key, owner: employee, amount: Number(amount) - 1, total: -1 },
      {
        code: 'line_differs',
        ownerId: employee,
        accounting: { amount: Number(amount) - 1, referenceId: task },
        analytics: { amount, referenceId: task },
      },
    ],
  },
  'a fee that was booked against the bank': {
    service: 'accounting',
    about: `${LINE} WHERE kind = 'fee' ORDER BY posting.id OFFSET 6 LIMIT 1`,
    done: () => ['UPDATE entry SET account_id = 2 WHERE posting_id = $posting AND account_id = 1'],
    undone: () => ['UPDATE entry SET account_id = 1 WHERE posting_id = $posting AND account_id = 2'],
    found: ({ posting, key, employee }) => [{ code: 'posting_malformed', posting, key, owner: employee }],
  },
  'a price that was changed': {
    service: 'accounting',
    about: `SELECT reference_id AS task, fee, reward FROM price ORDER BY reference_id OFFSET 4 LIMIT 1`,
    done: () => ['UPDATE price SET fee = fee + 100 WHERE reference_id = $task'],
    undone: () => ['UPDATE price SET fee = fee - 100 WHERE reference_id = $task'],
    found: ({ task, fee, reward }) => [
      {
        code: 'price_differs',
        taskId: task,
        accounting: { fee: Number(fee) + 100, reward },
        analytics: { fee, reward },
      },
      { code: 'line_mispriced', reference: task, amount: -Number(fee), price: -Number(fee) - 100 },
    ],
  },
  'a balance that was changed': {
    service: 'accounting',
    about: `SELECT id AS account, owner_id AS employee, balance FROM account WHERE owner_type = 'employee' ORDER BY id LIMIT 1`,
    done: () => ['UPDATE account SET balance = balance + 5000 WHERE id = $account'],
    undone: () => ['UPDATE account SET balance = balance - 5000 WHERE id = $account'],
    found: ({ employee, balance }) => [
      {
        code: 'balance_wrong',
        owner: employee,
        account: { balance: Number(balance) + 5000 },
        entries: { balance },
      },
      {
        code: 'balance_differs',
        ownerType: 'employee',
        ownerId: employee,
        accounting: { balance: Number(balance) + 5000 },
        analytics: { balance },
      },
    ],
  },
  'a closed day whose figures were changed in the books': {
    service: 'accounting',
    about: `SELECT day::text AS day, fees FROM business_day WHERE closed_at IS NOT NULL`,
    done: () => ['UPDATE business_day SET fees = fees + 1 WHERE day = $day::text::date'],
    undone: () => ['UPDATE business_day SET fees = fees - 1 WHERE day = $day::text::date'],
    found: ({ day, fees }) => [
      {
        code: 'day_differs',
        businessDay: day,
        accounting: { fees: Number(fees) + 1 },
        analytics: { fees },
      },
      { code: 'closed_day_differs', businessDay: day },
    ],
  },
  'a figure of analytics that was changed': {
    service: 'analytics',
    about: `SELECT business_day::text AS day, rewards FROM live_day ORDER BY business_day DESC LIMIT 1`,
    done: () => ['UPDATE day SET rewards = rewards + 1 WHERE business_day = $day::text::date'],
    undone: () => ['UPDATE day SET rewards = rewards - 1 WHERE business_day = $day::text::date'],
    found: ({ day, rewards }) => [
      {
        code: 'day_differs',
        businessDay: day,
        accounting: { rewards },
        analytics: { rewards: Number(rewards) + 1 },
      },
      {
        code: 'day_figures_wrong',
        businessDay: day,
        figures: { rewards: Number(rewards) + 1 },
        operations: { rewards },
      },
    ],
  },
  'a title of a top task that was changed': {
    service: 'analytics',
    about: `SELECT business_day::text AS day, top_title AS title FROM live_day WHERE top_title IS NOT NULL ORDER BY business_day LIMIT 1`,
    done: () => [`UPDATE day SET top_title = 'Another' WHERE business_day = $day::text::date`],
    undone: () => ['UPDATE day SET top_title = $title WHERE business_day = $day::text::date'],
    found: ({ day, title }) => [
      {
        code: 'day_figures_wrong',
        businessDay: day,
        figures: { topTitle: 'Another' },
        operations: { topTitle: title },
      },
    ],
  },
  'an external id of a top task that was changed': {
    service: 'analytics',
    about: `SELECT business_day::text AS day, top_external_id AS external FROM live_day WHERE top_external_id IS NOT NULL
      ORDER BY business_day LIMIT 1`,
    done: () => [`UPDATE day SET top_external_id = 'POPUG-X' WHERE business_day = $day::text::date`],
    undone: () => ['UPDATE day SET top_external_id = $external WHERE business_day = $day::text::date'],
    found: ({ day, external }) => [
      {
        code: 'day_figures_wrong',
        businessDay: day,
        figures: { topExternalId: 'POPUG-X' },
        operations: { topExternalId: external },
      },
    ],
  },
  'an operation of analytics that was changed': {
    service: 'analytics',
    about: `SELECT entry_id AS entry, owner_id AS employee, amount FROM live_operation WHERE kind = 'reward' ORDER BY entry_id LIMIT 1`,
    done: () => [`UPDATE operation SET amount = amount + 1 WHERE entry_id = $entry`],
    undone: () => [`UPDATE operation SET amount = amount - 1 WHERE entry_id = $entry`],
    found: ({ entry, employee, amount }) => [
      {
        code: 'line_differs',
        ownerId: employee,
        accounting: { entryId: entry, amount },
        analytics: { entryId: entry, amount: Number(amount) + 1 },
      },
      { code: 'day_figures_wrong' },
    ],
  },
  'who was below zero, changed in analytics': {
    service: 'analytics',
    about: `SELECT owner_id AS employee, business_day::text AS day, change FROM live_account_day ORDER BY owner_id LIMIT 1`,
    done: () => [
      'UPDATE account_day SET change = change + 1 WHERE owner_id = $employee AND business_day = $day::text::date',
    ],
    undone: () => [
      'UPDATE account_day SET change = change - 1 WHERE owner_id = $employee AND business_day = $day::text::date',
    ],
    found: ({ employee, day, change }) => [
      {
        code: 'employee_day_wrong',
        employeeId: employee,
        businessDay: day,
        figures: { change: Number(change) + 1 },
        operations: { change },
      },
      { code: 'below_zero_wrong', businessDay: day },
    ],
  },
  'a task that analytics has otherwise': {
    service: 'analytics',
    about: `SELECT id AS task FROM live_task_copy WHERE NOT done ORDER BY id LIMIT 1`,
    done: () => ['UPDATE task_copy SET done = true WHERE id = $task'],
    undone: () => ['UPDATE task_copy SET done = false WHERE id = $task'],
    found: ({ task }) => [
      { code: 'task_differs', taskId: task, tasks: { status: 'open' }, analytics: { status: 'done' } },
    ],
  },
  'a task that analytics has lost': {
    service: 'analytics',
    about: `SELECT id AS task FROM live_task_copy ORDER BY id DESC LIMIT 1`,
    done: () => [
      'CREATE TEMP TABLE kept_task AS SELECT * FROM task_copy WHERE id = $task',
      'DELETE FROM task_copy WHERE id = $task',
    ],
    undone: () => ['INSERT INTO task_copy SELECT * FROM kept_task'],
    found: ({ task }) => [{ code: 'task_missing', taskId: task, analytics: null }],
  },
  'a payout without a mail': {
    service: 'mailer',
    about: `SELECT mail.id AS mail, employee_id AS employee, payout_id AS payout, business_day::text AS day, amount
      FROM mail JOIN payout ON request_key = 'payout:' || payout_id ORDER BY position LIMIT 1`,
    done: () => [
      'CREATE TEMP TABLE kept_mail AS SELECT * FROM mail WHERE id = $mail',
      'DELETE FROM mail WHERE id = $mail',
    ],
    undone: () => ['INSERT INTO mail OVERRIDING SYSTEM VALUE SELECT * FROM kept_mail'],
    found: ({ employee, payout, day, amount }) => [
      {
        code: 'payout_mail_missing',
        employeeId: employee,
        businessDay: day,
        accounting: { payoutId: payout, amount },
        mailer: null,
      },
    ],
  },
  'a mail about a payout that was never made': {
    service: 'mailer',
    about: `SELECT id AS mail, request_key AS key FROM mail WHERE starts_with(request_key, 'payout:') ORDER BY position LIMIT 1`,
    done: () => [
      `INSERT INTO payout (payout_id, employee_id, business_day, amount, currency, operations, occurred_at, event_id, correlation_id, state)
       SELECT gen_random_uuid(), gen_random_uuid(), '2020-02-02', 4711, 'USD', 0, now(), gen_random_uuid(), 'x', 'waiting'`,
      `UPDATE mail SET request_key = 'payout:' || gen_random_uuid() WHERE id = $mail`,
    ],
    undone: () => [
      'DELETE FROM payout WHERE amount = 4711',
      `UPDATE mail SET request_key = '$key' WHERE id = $mail`,
    ],
    found: ({ mail }) => [
      { code: 'mail_unfounded', mailId: mail },
      {
        code: 'payout_mail_unfounded',
        businessDay: '2020-02-02',
        accounting: null,
        mailer: { amount: 4711 },
      },
      { code: 'payout_mail_missing' },
    ],
  },
  'a digest without a mail': {
    service: 'mailer',
    about: `SELECT mail.id AS mail, shuffle_id AS shuffle, assignee_id AS employee, tasks_drawn AS drawn
      FROM mail JOIN digest ON request_key = 'digest:' || shuffle_id || ':' || assignee_id ORDER BY position LIMIT 1`,
    done: () => [
      'CREATE TEMP TABLE kept_mail AS SELECT * FROM mail WHERE id = $mail',
      'DELETE FROM mail WHERE id = $mail',
    ],
    undone: () => ['INSERT INTO mail OVERRIDING SYSTEM VALUE SELECT * FROM kept_mail'],
    found: ({ shuffle, employee, drawn }) => [
      {
        code: 'digest_missing',
        shuffleId: shuffle,
        employeeId: employee,
        tasks: { tasksDrawn: drawn },
        mailer: null,
      },
    ],
  },
  'a task whose completion never was paid': {
    service: 'tasks',
    about: `SELECT id AS task, assignee_id AS employee, version FROM task WHERE status = 'open' ORDER BY id LIMIT 1`,
    done: () => [
      `UPDATE task SET status = 'done', completed_at = now(), version = version + 1 WHERE id = $task`,
    ],
    undone: () => [
      `UPDATE task SET status = 'open', completed_at = NULL, version = version - 1 WHERE id = $task`,
    ],
    found: ({ task, employee, version }) => [
      { code: 'reward_missing', taskId: task, tasks: { employeeId: employee }, accounting: null },
      {
        code: 'task_differs',
        taskId: task,
        tasks: { version: Number(version) + 1, status: 'done' },
        analytics: { version, status: 'open' },
      },
    ],
  },
  'an assignment that was never charged': {
    service: 'tasks',
    about: `SELECT id AS task, assignee_id AS employee, version FROM task WHERE status = 'open' ORDER BY id DESC LIMIT 1`,
    done: () => [
      `INSERT INTO assignment SELECT id, version + 1, assignee_id, NULL, now() FROM task WHERE id = $task`,
    ],
    undone: () => [`DELETE FROM assignment WHERE task_id = $task AND version = $version + 1`],
    found: ({ task, employee, version }) => [
      {
        code: 'charge_missing',
        taskId: task,
        version: Number(version) + 1,
        tasks: { employeeId: employee },
        accounting: null,
      },
      { code: 'task_history_wrong', taskId: task },
    ],
  },
};

/** `$name` stands for the value of that column of what a plant is about. */
async function run(intruder: Intruder, statements: readonly string[], about: About): Promise<void> {
  for (const statement of statements) {
    const sql = statement.replaceAll(/'?\$(\w+)'?/g, (_, name: string) => {
      const value = about[name];
      return typeof value === 'number' ? String(value) : `'${value}'`;
    });
    await intruder.rows(sql);
  }
}

describe('a change that is not allowed', () => {
  it.each(Object.entries(PLANTS))('ANA-6: %s is found and named', async (_, plant) => {
    const intruder = await intruderIn(config, plant.service);
    try {
      const [about] = await intruder.rows<About>(plant.about);
      if (about === undefined) throw new Error('There is nothing to plant it on');
      await run(intruder, plant.done(about), about);
      const planted = await reconciled(exchange.admin);
      await run(intruder, plant.undone(about), about);
      expect(planted.consistent).toBe(false);
      expect(planted.differences).toEqual(
        expect.arrayContaining(plant.found(about).map((each) => expect.objectContaining(nested(each)))),
      );
    } finally {
      await intruder.end();
    }
  });

  it('ANA-6: leaves no difference after it is undone', async () => {
    expect(await reconciled(exchange.admin)).toMatchObject(CONSISTENT);
  });
});

/** Runs `npm run analytics -- reconcile`. */
async function command(environment: NodeJS.ProcessEnv = {}) {
  const script = new URL('../scripts/analytics.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, 'reconcile'], {
    env: {
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      NATS_URL: config.natsUrls.join(),
      NAMESPACE: config.namespace,
      DATA_DIR: `${tmpdir()}/ates-nothing-here`,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { status: child.exitCode, out, err };
}

describe('the command', () => {
  it('ANA-6: ends with 0 if everything agrees, otherwise with 1 and the differences', async () => {
    const agreed = await command();
    expect(agreed).toMatchObject({ status: 0, err: '' });
    expect(agreed.out).toMatch(/^Tasks, ledger, figures and mails agree as of /);
    const intruder = await intruderIn(config, 'accounting');
    try {
      const change = (by: number) =>
        intruder.rows(`UPDATE account SET balance = balance + ${by} WHERE owner_type = 'employee'`);
      await change(100);
      const differing = await command();
      await change(-100);
      expect(differing).toMatchObject({ status: 1, err: '' });
      for (const { user } of exchange.employees) {
        expect(differing.out).toContain(`balance_wrong: The account of ${user.id} says`);
      }
    } finally {
      await intruder.end();
    }
  });

  it('ANA-6: ends with 2 if there is no system', async () => {
    expect(await command({ NATS_URL: '' })).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringContaining('No system runs'),
    });
  });
});

describe('while a service is away', () => {
  it('ANA-6: a reconciliation does not report that everything agrees', async () => {
    const accounting = system.node('accounting');
    await accounting.stop();
    try {
      const answer = await exchange.admin.request('GET', '/analytics/reconciliation');
      expect(answer).toMatchObject({
        status: 503,
        body: { code: 'service_unavailable', detail: expect.stringContaining('accounting') },
      });
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(await command()).toMatchObject({
        status: 2,
        out: '',
        err: expect.stringContaining('could not be done: accounting'),
      });
    } finally {
      accounting.start();
    }
    const back = await until(
      async () => {
        const { status, body } = await exchange.admin.request('GET', '/analytics/reconciliation');
        return status === 200 && body;
      },
      { within: 60_000, every: 200, what: 'accounting to be back' },
    );
    expect(back).toMatchObject(CONSISTENT);
  }, 90_000);
});

/** Objects within hold at least this, too. */
function nested(expected: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(expected).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null
        ? expect.objectContaining(value as Record<string, unknown>)
        : value,
    ]),
  );
}
