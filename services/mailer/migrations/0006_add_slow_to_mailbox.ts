/**
 * Whether the last attempt at a mailbox was slow. Slow mailboxes are tried again apart from those
 * that were refused at once, so that they do not delay them (MAIL-2).
 */
const statements = [
  'ALTER TABLE mailbox ADD COLUMN slow boolean NOT NULL DEFAULT false',
  `COMMENT ON COLUMN mailbox.slow IS 'Whether the last attempt freed its lane before it failed; of no meaning without failures'`,
  'DROP INDEX mailbox_failing_ix',
  `CREATE INDEX mailbox_failing_ix ON mailbox (slow, due_at) WHERE due_at IS NOT NULL AND failures > 0`,
  // Each claim looks for a lease that expired. A lease is rare, and the table may be large.
  'CREATE INDEX mailbox_leased_ix ON mailbox (due_at) WHERE leased_by IS NOT NULL',
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP INDEX mailbox_leased_ix');
  await run('ALTER TABLE mailbox DROP COLUMN slow');
  await run('CREATE INDEX mailbox_failing_ix ON mailbox (due_at) WHERE due_at IS NOT NULL AND failures > 0');
};
