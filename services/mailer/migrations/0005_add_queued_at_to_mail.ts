/**
 * The time since when a mail waits to be sent. It distinguishes a delayed mail from one that was
 * requested long ago.
 */
const statements = [
  'ALTER TABLE mail ADD COLUMN queued_at timestamptz NOT NULL DEFAULT now()',
  `COMMENT ON COLUMN mail.queued_at IS 'When it entered the queue, or the history; of older ones when this column was added'`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = (run: (sql: string) => Promise<void>): Promise<void> =>
  run('ALTER TABLE mail DROP COLUMN queued_at');
