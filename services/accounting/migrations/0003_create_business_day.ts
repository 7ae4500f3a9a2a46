/** Business days: the open one and earlier ones. */
export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run(`
    CREATE TABLE business_day (
      day date CONSTRAINT business_day_pk PRIMARY KEY,
      opened_at timestamptz NOT NULL,
      ended_at timestamptz,
      CONSTRAINT business_day_ended_ck CHECK (ended_at >= opened_at)
    )`);
  await run(
    `COMMENT ON TABLE business_day IS 'Business days in the order in which they were opened; the one without an end takes all postings'`,
  );
  await run('CREATE UNIQUE INDEX business_day_open_uq ON business_day ((true)) WHERE ended_at IS NULL');
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE business_day');
};
