/** Refused sign-ins of the last minute, which the limits of guessing count (AUTH-1). */
const statements = [
  `CREATE TABLE sign_in_refusal (
    id uuid CONSTRAINT sign_in_refusal_pk PRIMARY KEY,
    login_hash bytea NOT NULL,
    address text,
    refused_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT sign_in_refusal_login_hash_ck CHECK (octet_length(login_hash) = 32)
  )`,
  `COMMENT ON TABLE sign_in_refusal IS 'Refused sign-ins by the SHA-256 of the login tried and by address; deleted soon after a minute'`,
  `CREATE INDEX sign_in_refusal_login_ix ON sign_in_refusal (login_hash, refused_at)`,
  `CREATE INDEX sign_in_refusal_address_ix ON sign_in_refusal (address, refused_at)`,
  `CREATE INDEX sign_in_refusal_refused_ix ON sign_in_refusal (refused_at)`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE sign_in_refusal');
};
