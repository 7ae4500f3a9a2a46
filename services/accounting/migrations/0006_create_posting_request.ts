/** Postings that other services requested (ACC-10), and the outcome of each request. */
import type { MigrationRoles } from '#mixins/database/migrate.ts';

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  await run(`
    CREATE TABLE posting_request (
      id uuid CONSTRAINT posting_request_pk PRIMARY KEY,
      requested_by text NOT NULL,
      received_at timestamptz NOT NULL DEFAULT now(),
      refusal_code text,
      refusal_reason text,
      CONSTRAINT posting_request_refusal_ck CHECK ((refusal_code IS NULL) = (refusal_reason IS NULL))
    )`);
  await run(
    `COMMENT ON TABLE posting_request IS 'Requests for postings by their ids, for ever: booked under the key request:<id>, or refused for good with a code'`,
  );
  await run(
    'CREATE INDEX posting_request_refused_ix ON posting_request (received_at) WHERE refusal_code IS NOT NULL',
  );
  await run(`REVOKE UPDATE, DELETE ON posting_request FROM ${runtimeRole}`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE posting_request');
};
