/** Users see their sessions: when, from where and with which client each was used last. */
const statements = [
  `ALTER TABLE session ADD COLUMN used_at timestamptz, ADD COLUMN address text, ADD COLUMN user_agent text,
     ADD CONSTRAINT session_user_agent_ck CHECK (length(user_agent) <= 256)`,
  `COMMENT ON COLUMN session.used_at IS 'Last sign-in or refresh; null in sessions from before this column'`,
  `COMMENT ON COLUMN session.address IS 'Client address of the last use; null where it is not known'`,
  `COMMENT ON COLUMN session.user_agent IS 'Client of the last use, as it names itself; null where it does not'`,
  // Read page by page, newest first.
  `CREATE INDEX session_open_ix ON session (user_id, id) WHERE revoked_at IS NULL`,
  `DROP INDEX session_user_ix`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('CREATE INDEX session_user_ix ON session (user_id) WHERE revoked_at IS NULL');
  await run('DROP INDEX session_open_ix');
  await run('ALTER TABLE session DROP COLUMN used_at, DROP COLUMN address, DROP COLUMN user_agent');
};
