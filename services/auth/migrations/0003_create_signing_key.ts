/** The keys that sign access tokens. There are several during a rotation. */
export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run(`
    CREATE TABLE signing_key (
      kid text CONSTRAINT signing_key_pk PRIMARY KEY,
      public_jwk jsonb NOT NULL,
      private_jwk jsonb NOT NULL,
      signs_from timestamptz NOT NULL,
      retired_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now()
    )`);
  await run(
    `COMMENT ON TABLE signing_key IS 'Ed25519 keys of access tokens: published from the start, signing from signs_from, no longer believed from retired_at'`,
  );
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE signing_key');
};
