/**
 * Private keys are sealed (ADR 10). They sign only after every node has the public key, and are
 * deleted when their tokens are no longer accepted.
 */
const statements = [
  `ALTER TABLE signing_key
    ADD COLUMN private_jwe text,
    ALTER COLUMN private_jwk DROP NOT NULL,
    ALTER COLUMN signs_from DROP NOT NULL,
    ADD CONSTRAINT signing_key_private_ck CHECK (
      num_nonnulls(private_jwk, private_jwe) = 1
      OR num_nonnulls(private_jwk, private_jwe) = 0 AND retired_at IS NOT NULL
    )`,
  `COMMENT ON TABLE signing_key IS 'Ed25519 keys of access tokens: published from the start, signing from signs_from, no longer believed from retired_at; never deleted'`,
  `COMMENT ON COLUMN signing_key.private_jwe IS 'The private JWK, encrypted; private_jwk holds it in plain where there is no secret to encrypt with. A retired key has neither'`,
  `COMMENT ON COLUMN signing_key.signs_from IS 'Null until the bucket identity holds the public key'`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  // The previous release can't use these keys. It makes a new one when none is left.
  await run('DELETE FROM signing_key WHERE private_jwk IS NULL OR signs_from IS NULL');
  await run(`ALTER TABLE signing_key
    DROP CONSTRAINT signing_key_private_ck,
    DROP COLUMN private_jwe,
    ALTER COLUMN private_jwk SET NOT NULL,
    ALTER COLUMN signs_from SET NOT NULL`);
  await run(
    `COMMENT ON TABLE signing_key IS 'Ed25519 keys of access tokens: published from the start, signing from signs_from, no longer believed from retired_at'`,
  );
};
