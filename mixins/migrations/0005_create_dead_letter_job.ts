/**
 * Dead letters by cause, and jobs that settle all dead letters of a cause. Both need an index: a
 * bug can make a million dead letters.
 */
const statements = [
  `CREATE TABLE dead_letter_job (
    id uuid CONSTRAINT dead_letter_job_pk PRIMARY KEY,
    step text NOT NULL,
    consumer text NOT NULL,
    type text NOT NULL,
    code text NOT NULL,
    reason text,
    actor_id text NOT NULL,
    actor_address text,
    correlation_id text NOT NULL,
    traceparent text,
    requested_at timestamptz NOT NULL,
    total integer NOT NULL,
    done integer NOT NULL DEFAULT 0,
    failed integer NOT NULL DEFAULT 0,
    status text NOT NULL DEFAULT 'running',
    completed_at timestamptz,
    after_at timestamp NOT NULL DEFAULT '-infinity',
    after_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    trying uuid,
    tries integer NOT NULL DEFAULT 0,
    lease uuid,
    leased_until timestamptz,
    CONSTRAINT dead_letter_job_step_ck CHECK (step IN ('redriven', 'discarded')),
    CONSTRAINT dead_letter_job_reason_ck CHECK ((step = 'discarded') = (reason IS NOT NULL)),
    CONSTRAINT dead_letter_job_status_ck CHECK (status IN ('running', 'completed')),
    CONSTRAINT dead_letter_job_completed_ck CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
    CONSTRAINT dead_letter_job_counts_ck CHECK (total >= 0 AND done >= 0 AND failed >= 0)
  )`,
  `COMMENT ON TABLE dead_letter_job IS 'Jobs that redrive or discard the dead letters that one cause had when the job was requested'`,
  `COMMENT ON COLUMN dead_letter_job.type IS 'The type of the events; empty for those without one'`,
  `COMMENT ON COLUMN dead_letter_job.after_id IS 'The dead letters up to this one are done; after_at is its time'`,
  `COMMENT ON COLUMN dead_letter_job.trying IS 'The dead letter that is being settled; tries counts how often that began, so that one that ends the process does not do so for ever'`,
  `COMMENT ON COLUMN dead_letter_job.leased_until IS 'Until when only the node with the lease may go on with it'`,
  // For the loop that does them.
  `CREATE INDEX dead_letter_job_running_ix ON dead_letter_job (requested_at) WHERE status = 'running'`,
  // For lists, newest first.
  `CREATE INDEX dead_letter_time_ix ON dead_letter (status, date_trunc('milliseconds', set_aside_at AT TIME ZONE 'UTC'), id)`,
  // For causes, and for the list and the jobs of one.
  `CREATE INDEX dead_letter_cause_ix ON dead_letter
     (consumer, coalesce(type, ''), code, date_trunc('milliseconds', set_aside_at AT TIME ZONE 'UTC'), id) WHERE status = 'open'`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP INDEX dead_letter_cause_ix, dead_letter_time_ix');
  await run('DROP TABLE dead_letter_job');
};
