/**
 * Facts for digests (MAIL-4): a shuffle's draws, in any order, and their number for each person.
 */
const statements = [
  `CREATE TABLE draw (
    shuffle_id uuid NOT NULL,
    assignee_id uuid NOT NULL,
    task_id uuid NOT NULL,
    title text NOT NULL,
    external_id text,
    CONSTRAINT draw_pk PRIMARY KEY (shuffle_id, assignee_id, task_id)
  )`,
  `COMMENT ON TABLE draw IS 'Tasks that a shuffle drew, by assignee, until the digest is made; cleared away afterwards'`,
  // A shuffle of a million tasks is inserted and deleted within minutes.
  `ALTER TABLE draw SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 10000, autovacuum_analyze_threshold = 10000)`,

  `CREATE TABLE digest (
    shuffle_id uuid NOT NULL,
    assignee_id uuid NOT NULL,
    tasks_drawn integer NOT NULL,
    completed_at timestamptz(3) NOT NULL,
    event_id uuid NOT NULL,
    correlation_id text NOT NULL,
    traceparent text,
    heard_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'waiting',
    CONSTRAINT digest_pk PRIMARY KEY (shuffle_id, assignee_id),
    CONSTRAINT digest_state_ck CHECK (state IN ('waiting', 'mailed', 'cleared')),
    CONSTRAINT digest_tasks_ck CHECK (tasks_drawn >= 0)
  )`,
  `COMMENT ON TABLE digest IS 'Whom a shuffle drew, and for how many tasks; each row becomes one mail, when all of its draws and the address are known'`,
  `COMMENT ON COLUMN digest.state IS 'mailed: its mail is in the queue; cleared: and its draws are deleted'`,
  `CREATE INDEX digest_assignee_ix ON digest (assignee_id, completed_at) WHERE state = 'waiting'`,
  `CREATE INDEX digest_due_ix ON digest (due_at) WHERE state = 'waiting'`,
  `CREATE INDEX digest_mailed_ix ON digest (shuffle_id, assignee_id) WHERE state = 'mailed'`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = (run: (sql: string) => Promise<void>): Promise<void> => run('DROP TABLE digest, draw');
