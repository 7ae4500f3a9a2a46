/**
 * The totals of migration 0017 for days from before it. This reads the whole journal, so it is a
 * migration of its own: it locks only rows of closed days, which nobody changes.
 */
export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run(
    `UPDATE business_day SET others = free.amount
     FROM (
       SELECT entry.business_day, sum(amount)::bigint AS amount FROM posting JOIN entry ON posting_id = posting.id
       WHERE kind NOT IN ('fee', 'reward', 'payout') AND account_sequence IS NOT NULL GROUP BY entry.business_day
     ) AS free
     WHERE day = free.business_day AND closed_at IS NOT NULL AND others IS NULL`,
  );
  await run(
    `UPDATE business_day SET debtors_account_id = settled_account_id, debtors = (
       SELECT count(*) FROM account CROSS JOIN LATERAL (
         SELECT balance_after FROM entry
         WHERE account_id = account.id AND entry.business_day <= business_day.day AND account_sequence IS NOT NULL
         ORDER BY entry.business_day DESC, account_sequence DESC LIMIT 1
       ) AS last WHERE owner_type = 'employee' AND balance_after < 0
     )
     WHERE closed_at IS NOT NULL AND debtors_account_id <> settled_account_id`,
  );
};

/** Migration 0017 takes the columns away. */
export const down = async (): Promise<void> => {};
