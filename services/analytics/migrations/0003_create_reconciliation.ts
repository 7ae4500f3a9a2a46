/** Reconciliations (ANA-6): each request, the node that runs it, and its result. */
const statements = [
  `CREATE TABLE reconciliation (
    number bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT reconciliation_pk PRIMARY KEY,
    state text NOT NULL DEFAULT 'waiting',
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    awaited boolean NOT NULL DEFAULT false,
    attempts integer NOT NULL DEFAULT 0,
    lease uuid,
    leased_until timestamptz,
    began_at timestamptz,
    ended_at timestamptz,
    result jsonb,
    reason text,
    CONSTRAINT reconciliation_state_ck CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    CONSTRAINT reconciliation_lease_ck CHECK ((state = 'running') = (lease IS NOT NULL) AND (lease IS NULL) = (leased_until IS NULL)),
    CONSTRAINT reconciliation_began_ck CHECK (state IN ('waiting', 'failed') OR began_at IS NOT NULL),
    CONSTRAINT reconciliation_ended_ck CHECK ((state IN ('done', 'failed')) = (ended_at IS NOT NULL)),
    CONSTRAINT reconciliation_result_ck CHECK ((state = 'done') = (result IS NOT NULL) AND (state = 'failed') = (reason IS NOT NULL))
  )`,
  `COMMENT ON TABLE reconciliation IS 'Reconciliations, the newest ones: one waits, one runs, on the node that holds the lease'`,
  `COMMENT ON COLUMN reconciliation.awaited IS 'Whether somebody was told to come again for its result'`,
  `COMMENT ON COLUMN reconciliation.reason IS 'Why it could not be done'`,
  `CREATE UNIQUE INDEX reconciliation_waiting_uq ON reconciliation ((true)) WHERE state = 'waiting'`,
  `CREATE UNIQUE INDEX reconciliation_running_uq ON reconciliation ((true)) WHERE state = 'running'`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = (run: (sql: string) => Promise<void>): Promise<void> => run('DROP TABLE reconciliation');
