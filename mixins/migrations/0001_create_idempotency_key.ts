/** Answers to requests with an `Idempotency-Key`, kept in the transaction of their change. */
const statements = [
  `CREATE TABLE idempotency_key (
    created_at timestamptz NOT NULL DEFAULT now(),
    user_id text COLLATE "C",
    route text COLLATE "C",
    key text COLLATE "C",
    fingerprint text COLLATE "C" NOT NULL,
    result text,
    CONSTRAINT idempotency_key_pk PRIMARY KEY (user_id, route, key)
  )`,
  `COMMENT ON TABLE idempotency_key IS 'Requests with an Idempotency-Key that were carried out, for at least 24 hours'`,
  `COMMENT ON COLUMN idempotency_key.route IS 'The action'`,
  `COMMENT ON COLUMN idempotency_key.fingerprint IS 'SHA-256 of the canonical JSON of the params, in hex'`,
  `COMMENT ON COLUMN idempotency_key.result IS 'JSON of what was answered; null where it was nothing'`,
  // Rows are inserted in order of time, and only the purge reads by it.
  `CREATE INDEX idempotency_key_created_at_ix ON idempotency_key USING brin (created_at) WITH (autosummarize = on)`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE idempotency_key');
};
