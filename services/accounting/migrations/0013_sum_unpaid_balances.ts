/**
 * Balances of unknown owners are not paid (ACC-5, ACC-10). Their sum limits further postings,
 * because one day may have to pay all of it.
 */
export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run(`ALTER TABLE business_day
    ADD COLUMN unpaid bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT business_day_unpaid_ck CHECK (unpaid >= 0)`);
  await run(
    `COMMENT ON COLUMN business_day.unpaid IS 'Sum of the balances above zero that the day leaves to the next because their owners are not known; grows while accounts are settled'`,
  );
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('ALTER TABLE business_day DROP COLUMN unpaid');
};
