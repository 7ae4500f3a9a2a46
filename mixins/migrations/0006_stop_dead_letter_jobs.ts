/** A job whose dead letters end the process again and again is stopped (FAIL-3). */
const statusIn = (statuses: string) => [
  'ALTER TABLE dead_letter_job DROP CONSTRAINT dead_letter_job_status_ck',
  `ALTER TABLE dead_letter_job ADD CONSTRAINT dead_letter_job_status_ck CHECK (status IN (${statuses}))`,
];

const statements = [
  'ALTER TABLE dead_letter_job ADD COLUMN deaths integer NOT NULL DEFAULT 0',
  `COMMENT ON COLUMN dead_letter_job.deaths IS 'How many nodes have ended while they settled one of its dead letters'`,
  ...statusIn(`'running', 'completed', 'stopped'`),
];

const undo = [
  `UPDATE dead_letter_job SET status = 'completed', completed_at = clock_timestamp() WHERE status = 'stopped'`,
  ...statusIn(`'running', 'completed'`),
  'ALTER TABLE dead_letter_job DROP COLUMN deaths',
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of undo) await run(statement);
};
