/** Old mails can be removed, and their requests still become no second mail (ADR 44). */
import type { MigrationRoles } from '#mixins/database/migrate.ts';

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  await run(`
    CREATE TABLE past_mail (
      request_key text CONSTRAINT past_mail_pk PRIMARY KEY,
      status text NOT NULL,
      CONSTRAINT past_mail_status_ck CHECK (status IN ('sent', 'failed'))
    )`);
  await run(
    `COMMENT ON TABLE past_mail IS 'Mails that were archived and removed: what is kept for ever of each'`,
  );
  await run(`REVOKE INSERT, UPDATE, DELETE ON past_mail FROM ${runtimeRole}`);
};

export const down = (run: (sql: string) => Promise<void>): Promise<void> => run('DROP TABLE past_mail');
