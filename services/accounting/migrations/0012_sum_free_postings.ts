/**
 * Sums of the free postings of a day (ACC-7, ACC-10). Sums beyond the safe integers would be
 * rounded, and the day could not be closed.
 */
export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run(`ALTER TABLE day_total
    ADD COLUMN income bigint NOT NULL DEFAULT 0,
    ADD COLUMN expense bigint NOT NULL DEFAULT 0`);
  await run(
    `COMMENT ON COLUMN day_total.income IS 'Sum of the postings that no task demands and that add to a balance; expense: of those that take, positive'`,
  );
  await run(`WITH free AS (
      SELECT entry.business_day, coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS income,
        coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) AS expense
      FROM entry JOIN posting ON posting.id = posting_id
      WHERE account_sequence IS NOT NULL AND kind NOT IN ('fee', 'reward', 'payout')
        AND entry.business_day IN (SELECT day FROM business_day WHERE closed_at IS NULL)
      GROUP BY entry.business_day
    )
    UPDATE day_total SET income = free.income, expense = free.expense FROM free
    WHERE day_total.business_day = free.business_day
      AND shard = (SELECT min(shard) FROM day_total AS other WHERE other.business_day = free.business_day)`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('ALTER TABLE day_total DROP COLUMN income, DROP COLUMN expense');
};
