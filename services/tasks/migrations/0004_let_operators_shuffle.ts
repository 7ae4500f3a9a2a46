/** An operator has no account: who pressed the button is named as the log names them. */
const statements = [
  'ALTER TABLE shuffle ALTER COLUMN requested_by_id TYPE text',
  `COMMENT ON COLUMN shuffle.requested_by_id IS 'A user id, or operator:<user>@<host>'`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('COMMENT ON COLUMN shuffle.requested_by_id IS NULL');
  // Fails where an operator has pressed: their name is no user's id.
  await run('ALTER TABLE shuffle ALTER COLUMN requested_by_id TYPE uuid USING requested_by_id::uuid');
};
