/** Sessions. Each has refresh tokens, of which only the newest may be used. */
const statements = [
  `CREATE TABLE session (
    id uuid CONSTRAINT session_pk PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT session_user_fk REFERENCES user_account (id),
    opened_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_reason text,
    CONSTRAINT session_revoked_ck CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
  )`,
  `COMMENT ON TABLE session IS 'Who signed in and may stay so until expires_at, which every refresh moves on; deleted after it'`,
  // Read when a deactivation or a new beak ends all sessions of an account.
  `CREATE INDEX session_user_ix ON session (user_id) WHERE revoked_at IS NULL`,
  // Read by the clean-up.
  `CREATE INDEX session_expires_ix ON session (expires_at)`,

  `CREATE TABLE refresh_token (
    hash bytea CONSTRAINT refresh_token_pk PRIMARY KEY,
    session_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT refresh_token_session_fk FOREIGN KEY (session_id) REFERENCES session (id) ON DELETE CASCADE,
    CONSTRAINT refresh_token_hash_ck CHECK (octet_length(hash) = 32)
  )`,
  `COMMENT ON TABLE refresh_token IS 'SHA-256 of the refresh tokens of a session; used ones are kept until they expire, so that a reuse is noticed'`,
  `CREATE INDEX refresh_token_session_ix ON refresh_token (session_id)`,
  `CREATE INDEX refresh_token_expires_ix ON refresh_token (expires_at)`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE refresh_token');
  await run('DROP TABLE session');
};
