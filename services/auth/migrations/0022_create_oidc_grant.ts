/** What people give to other applications by signing in on our page (AUTH-15). */
const statements = [
  `CREATE TABLE oidc_grant (
    id uuid CONSTRAINT oidc_grant_pk PRIMARY KEY,
    client_id text NOT NULL,
    user_id uuid NOT NULL CONSTRAINT oidc_grant_user_fk REFERENCES user_account (id),
    session_id uuid NOT NULL,
    redirect_uri text NOT NULL,
    code_challenge text NOT NULL,
    nonce text,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    code_hash bytea NOT NULL CONSTRAINT oidc_grant_code_hash_uq UNIQUE,
    code_expires_at timestamptz NOT NULL,
    redeemed_at timestamptz,
    access_hash bytea CONSTRAINT oidc_grant_access_hash_uq UNIQUE,
    access_expires_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT oidc_grant_session_fk FOREIGN KEY (session_id) REFERENCES session (id) ON DELETE CASCADE,
    CONSTRAINT oidc_grant_redeemed_ck CHECK (
      (redeemed_at IS NULL) = (access_hash IS NULL) AND (redeemed_at IS NULL) = (access_expires_at IS NULL)
    )
  )`,
  `COMMENT ON TABLE oidc_grant IS 'Codes of the OpenID Connect provider, and the access token that each was exchanged for; both as SHA-256. Deleted after an hour'`,
  // Read when sessions are deleted, and by the clean-up.
  `CREATE INDEX oidc_grant_session_ix ON oidc_grant (session_id)`,
  `CREATE INDEX oidc_grant_created_ix ON oidc_grant (created_at)`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE oidc_grant');
};
