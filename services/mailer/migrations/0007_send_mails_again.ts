/**
 * Failed mails can be sent again, and lists of mails are ordered by the time of request, so that
 * they can begin at any time.
 */
const statements = [
  'ALTER TABLE mail ADD COLUMN version integer',
  'ALTER TABLE mail ALTER COLUMN version SET DEFAULT 0',
  `COMMENT ON COLUMN mail.version IS 'How many events tell of it; null for older mails: 0 of a queued one, 1 of others'`,
  // For lists of all mails, of a status and of a template.
  'CREATE INDEX mail_requested_ix ON mail (requested_at, position)',
  'CREATE INDEX mail_status_requested_ix ON mail (status, requested_at, position)',
  'CREATE INDEX mail_template_requested_ix ON mail (template, requested_at, position)',
  'DROP INDEX mail_status_ix',
];

const undo = [
  'CREATE INDEX mail_status_ix ON mail (status, position)',
  'DROP INDEX mail_requested_ix, mail_status_requested_ix, mail_template_requested_ix',
  'ALTER TABLE mail DROP COLUMN version',
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of undo) await run(statement);
};
