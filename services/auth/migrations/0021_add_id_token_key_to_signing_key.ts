/**
 * Each signing key gets an RSA key beside it, which signs ID tokens (ADR 30). Both are published,
 * sign, retire and are wiped together.
 */
const statements = [
  `ALTER TABLE signing_key
    ADD COLUMN id_public_jwk jsonb,
    ADD COLUMN id_private_jwe text,
    ADD CONSTRAINT signing_key_id_ck CHECK (id_private_jwe IS NULL OR id_public_jwk IS NOT NULL)`,
  `COMMENT ON COLUMN signing_key.id_public_jwk IS 'The RSA key of ID tokens; null for keys of earlier releases, which are replaced'`,
  `COMMENT ON COLUMN signing_key.id_private_jwe IS 'Its private half, encrypted; null in a retired key'`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run(`ALTER TABLE signing_key
    DROP CONSTRAINT signing_key_id_ck,
    DROP COLUMN id_public_jwk,
    DROP COLUMN id_private_jwe`);
};
