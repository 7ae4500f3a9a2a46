/** Mails with secrets, such as one-time codes: their texts have a mask in place of the secret. */
import type { MigrationRoles } from '#mixins/database/migrate.ts';

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  for (const table of ['request', 'mail']) {
    await run(`ALTER TABLE ${table} ADD COLUMN sealed text`);
    await run(
      `COMMENT ON COLUMN ${table}.sealed IS 'The secret that replaces the mask when the mail is sent, encrypted with the key named sealing'`,
    );
  }
  await run(`
    CREATE TABLE secret (
      name text CONSTRAINT secret_pk PRIMARY KEY,
      value bytea NOT NULL,
      CONSTRAINT secret_value_ck CHECK (length(value) >= 32)
    )`);
  await run(
    `COMMENT ON TABLE secret IS 'Keys that this service drew for itself; without the key named sealing nobody reads sealed secrets'`,
  );
  await run(`REVOKE UPDATE, DELETE ON secret FROM ${runtimeRole}`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE secret');
  await run('ALTER TABLE request DROP COLUMN sealed');
  await run('ALTER TABLE mail DROP COLUMN sealed');
};
