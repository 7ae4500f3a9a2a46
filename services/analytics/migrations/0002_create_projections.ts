/**
 * The projections of analytics: facts under permanent keys, and the figures of days, which are
 * updated with the facts.
 */
import type { MigrationRoles } from '#mixins/database/migrate.ts';

interface Projection {
  readonly name: string;
  /** Beside the slot. */
  readonly columns: readonly string[];
  /** The key without the slot. */
  readonly key: string;
  readonly comment: string;
  /** Percent of a page that inserts fill, so that updated rows stay on it. Default 100. */
  readonly fillfactor?: number;
  readonly indexes?: readonly string[];
}

const PROJECTIONS: readonly Projection[] = [
  {
    name: 'user_copy',
    columns: ['id uuid NOT NULL', 'name text NOT NULL', 'version bigint NOT NULL'],
    key: 'id',
    comment: 'Copy of the users of auth, the newest version each',
  },
  {
    name: 'task_copy',
    columns: [
      'id uuid NOT NULL',
      'title text NOT NULL',
      'external_id text',
      'assignee_id uuid NOT NULL',
      'done boolean NOT NULL',
      'version bigint NOT NULL',
    ],
    key: 'id',
    comment:
      'Copy of the tasks, the newest version each; as every event of a task is an assignment but the last one of a task that is done, version - done::int is how often it was assigned',
    fillfactor: 80,
  },
  {
    name: 'price',
    columns: ['task_id uuid NOT NULL', 'fee bigint NOT NULL', 'reward bigint NOT NULL'],
    key: 'task_id',
    comment: 'What a task costs at each assignment and pays at completion, in minor units',
  },
  {
    name: 'account',
    columns: [
      'owner_id uuid NOT NULL',
      'owner_type text COLLATE "C" NOT NULL',
      'balance bigint',
      'balance_version bigint NOT NULL DEFAULT 0',
    ],
    key: 'owner_id, owner_type',
    comment:
      'Accounts with the newest balance that was announced; null before the first. Its row is the lock of an account',
    fillfactor: 70,
    // Read by today's figures: employees below zero, the lowest first. It has the slot, so that an
    // index-only scan can count them.
    indexes: [
      `account_below_zero_ix ON account (balance, owner_id, slot) WHERE balance < 0 AND owner_type = 'employee'`,
    ],
  },
  {
    name: 'operation',
    columns: [
      'business_day date NOT NULL',
      'entry_id uuid NOT NULL',
      'owner_id uuid NOT NULL',
      'owner_type text COLLATE "C" NOT NULL',
      'sequence bigint NOT NULL',
      'kind text NOT NULL',
      'amount bigint NOT NULL',
      'balance_after bigint NOT NULL',
      'occurred_at timestamptz NOT NULL',
      'posted_at timestamptz NOT NULL',
      'reference_type text',
      'reference_id text',
      'reference_title text',
      'reference_external_id text',
      'note text',
      'by_id text',
      'by_name text',
    ],
    // The business day of an entry never changes. So the key can begin with it, and also serves as
    // the index of a day's lines.
    key: 'business_day, entry_id',
    comment: 'Lines of accounts as they were booked, signed for the owner. Inserted and read, never changed',
    indexes: ['operation_owner_ix ON operation (owner_id, business_day, entry_id)'],
  },
  {
    name: 'account_day',
    columns: [
      'owner_id uuid NOT NULL',
      'business_day date NOT NULL',
      'sequence bigint NOT NULL',
      'balance_after bigint NOT NULL',
      'change smallint NOT NULL DEFAULT 0',
    ],
    key: 'owner_id, business_day',
    comment: 'The balance of an employee at the end of each day with a line',
    fillfactor: 70,
  },
  {
    name: 'day',
    columns: [
      'business_day date NOT NULL',
      ...[
        'fees',
        'fee_count',
        'rewards',
        'reward_count',
        'payouts',
        'payout_count',
        'others',
        'other_count',
      ].map((column) => `${column} bigint NOT NULL DEFAULT 0`),
      'below_zero_change bigint NOT NULL DEFAULT 0',
      'top_reward bigint',
      'top_task_id text',
      'top_title text',
      'top_external_id text',
      'top_at timestamptz',
    ],
    key: 'business_day',
    comment:
      'Figures of a day, in minor units: sums and counts of its operations by kind, all positive but others',
    fillfactor: 30,
  },
  {
    name: 'closed_day',
    columns: [
      'business_day date NOT NULL',
      'fees bigint NOT NULL',
      'rewards bigint NOT NULL',
      'result bigint NOT NULL',
      'payouts bigint NOT NULL',
      'total_paid bigint NOT NULL',
      'carried_over bigint NOT NULL',
      'entries bigint NOT NULL',
      'head text NOT NULL',
      'closed_at timestamptz NOT NULL',
    ],
    key: 'business_day',
    comment: 'Days that accounting closed, with the figures of the ledger itself',
  },
];

const COLUMN_COMMENTS = [
  `COMMENT ON COLUMN account_day.change IS '1: below zero here and not on the day with a line before; -1: the other way round'`,
  `COMMENT ON COLUMN day.below_zero_change IS 'Sum of account_day.change: added up over all days until the end of a day, it is how many were below zero then'`,
  `COMMENT ON COLUMN day.top_reward IS 'Of the completed task with the highest reward; of equal ones the earliest'`,
];

const SLOTS = [0, 1];

function statementsFor({
  name,
  columns,
  key,
  comment,
  fillfactor = 100,
  indexes = [],
}: Projection): string[] {
  return [
    `CREATE TABLE ${name} (slot smallint NOT NULL, ${columns.join(', ')},
      CONSTRAINT ${name}_pk PRIMARY KEY (${key}, slot)) PARTITION BY LIST (slot)`,
    `COMMENT ON TABLE ${name} IS '${comment}'`,
    ...SLOTS.map(
      (slot) =>
        `CREATE TABLE ${name}_${slot} PARTITION OF ${name} FOR VALUES IN (${slot}) WITH (fillfactor = ${fillfactor})`,
    ),
    ...indexes.map((index) => `CREATE INDEX ${index}`),
    // Readers use the view: a statement sees one whole generation, even while a rebuild flips.
    `CREATE VIEW live_${name} AS SELECT * FROM ${name} WHERE slot = (SELECT slot FROM generation WHERE state = 'live')`,
    `COMMENT ON VIEW live_${name} IS 'The live generation of ${name}'`,
  ];
}

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  for (const projection of PROJECTIONS) {
    for (const statement of statementsFor(projection)) await run(statement);
    // An ended generation is removed at once, not row by row.
    for (const slot of SLOTS) await run(`GRANT TRUNCATE ON ${projection.name}_${slot} TO ${runtimeRole}`);
  }
  for (const comment of COLUMN_COMMENTS) await run(comment);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const { name } of PROJECTIONS.toReversed()) {
    await run(`DROP VIEW live_${name}`);
    await run(`DROP TABLE ${name}`);
  }
};
