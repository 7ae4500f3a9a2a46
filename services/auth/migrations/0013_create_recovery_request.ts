/** Requests for a code by mail, after a beak was forgotten (AUTH-13). */
const statements = [
  `CREATE TABLE recovery_request (
    id uuid CONSTRAINT recovery_request_pk PRIMARY KEY,
    user_id uuid,
    network text,
    address text,
    correlation_id text NOT NULL,
    traceparent text,
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    handled_at timestamptz,
    mailed boolean NOT NULL DEFAULT false,
    CONSTRAINT recovery_request_mailed_ck CHECK (NOT mailed OR (handled_at IS NOT NULL AND user_id IS NOT NULL))
  )`,
  `COMMENT ON TABLE recovery_request IS 'Requests of the last hour; the limits count them'`,
  `COMMENT ON COLUMN recovery_request.user_id IS 'Null where no active account has the login: such requests take the same time'`,
  // Read by the loop that makes the mails; almost always empty.
  `CREATE INDEX recovery_request_waiting_ix ON recovery_request (requested_at) WHERE handled_at IS NULL`,
  `CREATE INDEX recovery_request_user_ix ON recovery_request (user_id, handled_at) WHERE mailed`,
  `CREATE INDEX recovery_request_network_ix ON recovery_request (network, requested_at)`,
  `CREATE INDEX recovery_request_requested_ix ON recovery_request (requested_at)`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = (run: (sql: string) => Promise<void>): Promise<void> =>
  run('DROP TABLE recovery_request');
