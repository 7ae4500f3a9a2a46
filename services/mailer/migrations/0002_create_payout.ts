/**
 * Facts for payout mails (ACC-5): the lines of a day, in any order, and the payouts with their
 * numbers of lines. Lines are many and short-lived, so their key is the only index.
 */
const statements = [
  `CREATE TABLE operation (
    occurred_at timestamptz(3) NOT NULL,
    amount bigint NOT NULL,
    business_day date NOT NULL,
    employee_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    kind text NOT NULL,
    title text,
    external_id text,
    CONSTRAINT operation_pk PRIMARY KEY (business_day, employee_id, entry_id)
  )`,
  `COMMENT ON TABLE operation IS 'Lines of the accounts of days whose payout mails are still to be made; cleared away afterwards'`,
  // All rows are inserted and deleted within about a day. The default thresholds (a fifth of the
  // table) react too late.
  `ALTER TABLE operation SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 10000, autovacuum_analyze_threshold = 10000)`,

  `CREATE TABLE payout (
    payout_id uuid CONSTRAINT payout_pk PRIMARY KEY,
    employee_id uuid NOT NULL,
    business_day date NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    operations integer NOT NULL,
    occurred_at timestamptz(3) NOT NULL,
    event_id uuid NOT NULL,
    correlation_id text NOT NULL,
    traceparent text,
    heard_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'waiting',
    CONSTRAINT payout_state_ck CHECK (state IN ('waiting', 'mailed', 'cleared')),
    CONSTRAINT payout_operations_ck CHECK (operations >= 0)
  )`,
  `COMMENT ON TABLE payout IS 'Payouts; each becomes one mail, when all lines of its day and the address of its employee are known'`,
  `COMMENT ON COLUMN payout.due_at IS 'When to look next whether everything is there'`,
  `COMMENT ON COLUMN payout.state IS 'mailed: its mail is in the queue; cleared: and its lines are deleted'`,
  `CREATE INDEX payout_employee_ix ON payout (employee_id, business_day)`,
  `CREATE INDEX payout_day_ix ON payout (business_day)`,
  `CREATE INDEX payout_due_ix ON payout (due_at) WHERE state = 'waiting'`,
  `CREATE INDEX payout_mailed_ix ON payout (payout_id) WHERE state = 'mailed'`,

  `CREATE TABLE closed_day (
    business_day date CONSTRAINT closed_day_pk PRIMARY KEY,
    payouts integer NOT NULL,
    heard_at timestamptz NOT NULL DEFAULT now(),
    cleared boolean NOT NULL DEFAULT false,
    CONSTRAINT closed_day_payouts_ck CHECK (payouts >= 0)
  )`,
  `COMMENT ON TABLE closed_day IS 'Days that accounting has closed: when as many payouts are known as it says, the lines of everyone else are of no use any more'`,
  `CREATE INDEX closed_day_open_ix ON closed_day (business_day) WHERE NOT cleared`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = (run: (sql: string) => Promise<void>): Promise<void> =>
  run('DROP TABLE closed_day, payout, operation');
