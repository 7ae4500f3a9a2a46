/** Access of other applications (AUTH-10). */
const statements = [
  `CREATE TABLE service_account (
    id uuid CONSTRAINT service_account_pk PRIMARY KEY,
    name text NOT NULL,
    scopes text[] NOT NULL,
    secret_hash text NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by uuid NOT NULL CONSTRAINT service_account_created_by_fk REFERENCES user_account (id),
    last_used_at timestamptz,
    revoked_at timestamptz,
    revoked_by uuid CONSTRAINT service_account_revoked_by_fk REFERENCES user_account (id),
    CONSTRAINT service_account_scopes_ck CHECK (cardinality(scopes) > 0 AND 'admin' <> ALL (scopes)),
    CONSTRAINT service_account_secret_hash_ck CHECK (secret_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT service_account_revoked_ck CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
  )`,
  `COMMENT ON TABLE service_account IS 'Other applications that may call, with the roles in scopes; never deleted, because the log names them'`,
  `COMMENT ON COLUMN service_account.secret_hash IS 'SHA-256 of the secret in the token, which has 256 random bits'`,
  `COMMENT ON COLUMN service_account.last_used_at IS 'Reported by the gateways from time to time, not at each use'`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  // The entries of the bucket are left to the comparison with its table, which removes them.
  await run(`DELETE FROM identity_entry WHERE starts_with(key, 'service.')`);
  await run('DROP TABLE service_account');
};
