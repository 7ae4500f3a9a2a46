/** One-time codes with which owners set the beaks of their accounts (AUTH-11, AUTH-12). */
const statements = [
  `CREATE TABLE activation_code (
    id uuid CONSTRAINT activation_code_pk PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT activation_code_user_fk REFERENCES user_account (id),
    kind text NOT NULL CONSTRAINT activation_code_kind_ck CHECK (kind IN ('activation', 'recovery')),
    hash bytea NOT NULL CONSTRAINT activation_code_hash_ck CHECK (octet_length(hash) = 32),
    issued_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT activation_code_user_uq UNIQUE (user_id, kind),
    CONSTRAINT activation_code_hash_uq UNIQUE (hash)
  )`,
  `COMMENT ON TABLE activation_code IS 'SHA-256 of codes that were neither redeemed nor replaced; deleted when they expire'`,
  `COMMENT ON COLUMN activation_code.kind IS 'activation: given out by an admin; recovery: mailed to the owner'`,
  // Read by the clean-up.
  `CREATE INDEX activation_code_expires_ix ON activation_code (expires_at)`,

  `ALTER TABLE user_account ADD COLUMN must_change_beak boolean NOT NULL DEFAULT false`,
  `COMMENT ON COLUMN user_account.must_change_beak IS 'The next sign-in must bring a new beak'`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE activation_code');
  await run('ALTER TABLE user_account DROP COLUMN must_change_beak');
};
