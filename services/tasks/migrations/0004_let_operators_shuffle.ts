/** An operator has no account. So a shuffle records the operator's name as it is in the log. */
const statements = [
  'ALTER TABLE shuffle ALTER COLUMN requested_by_id TYPE text',
  `COMMENT ON COLUMN shuffle.requested_by_id IS 'A user id, or operator:<user>@<host>'`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('COMMENT ON COLUMN shuffle.requested_by_id IS NULL');
  // Fails if an operator has started a shuffle, because the operator's name is not a user's id.
  await run('ALTER TABLE shuffle ALTER COLUMN requested_by_id TYPE uuid USING requested_by_id::uuid');
};
