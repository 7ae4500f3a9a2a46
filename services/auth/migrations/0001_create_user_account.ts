/** The accounts of the company's people, with their credentials (AUTH-1, AUTH-2). */
export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run(`
    CREATE TABLE user_account (
      id uuid CONSTRAINT user_account_pk PRIMARY KEY,
      login text NOT NULL CONSTRAINT user_account_login_uq UNIQUE,
      name text NOT NULL,
      email text NOT NULL,
      locale text,
      roles text[] NOT NULL,
      active boolean NOT NULL,
      beak_hash text NOT NULL,
      version integer NOT NULL,
      token_version integer NOT NULL,
      registered_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT user_account_login_ck CHECK (login ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
      CONSTRAINT user_account_beak_hash_ck CHECK (starts_with(beak_hash, '$argon2id$')),
      CONSTRAINT user_account_version_ck CHECK (version >= 1),
      CONSTRAINT user_account_token_version_ck CHECK (token_version BETWEEN 1 AND version)
    )`);
  await run(`COMMENT ON TABLE user_account IS 'Everybody who may sign in or once could; never deleted'`);
  await run(
    `COMMENT ON COLUMN user_account.version IS 'Sequence of the events of the account: rises with every change'`,
  );
  await run(
    `COMMENT ON COLUMN user_account.token_version IS 'Access tokens with a lower one are refused: rises with roles, active and beak (AUTH-4)'`,
  );
  // Read by the rule of the last admin (AUTH-5) and by lists by role.
  await run('CREATE INDEX user_account_roles_ix ON user_account USING gin (roles)');
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE user_account');
};
