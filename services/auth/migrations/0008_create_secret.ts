/** The secret that hashes logins of refused sign-ins: people type beaks into that field. */
import type { MigrationRoles } from '#mixins/database/migrate.ts';

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  await run(`
    CREATE TABLE secret (
      name text CONSTRAINT secret_pk PRIMARY KEY,
      value bytea NOT NULL,
      CONSTRAINT secret_value_ck CHECK (length(value) >= 32)
    )`);
  await run(
    `COMMENT ON TABLE secret IS 'Keys that this service drew for itself; without the key named login nobody finds out which text a hashed login was'`,
  );
  await run(`REVOKE UPDATE, DELETE ON secret FROM ${runtimeRole}`);
  await run(
    `COMMENT ON TABLE sign_in_refusal IS 'Refused sign-ins by the HMAC-SHA256 of the login tried and by address; deleted when no window reaches them'`,
  );
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE secret');
};
