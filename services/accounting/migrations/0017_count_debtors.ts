/**
 * More totals of a day (ACC-6): how many people it leaves in debt, and the sum of its adjustments
 * and requested postings. Also the payouts of a day, by an index that fees and rewards are not in.
 */
const BUSINESS_DAY = [
  `ALTER TABLE business_day
    ADD COLUMN debtors bigint NOT NULL DEFAULT 0,
    ADD COLUMN debtors_account_id bigint NOT NULL DEFAULT 0,
    ADD COLUMN others bigint,
    ADD CONSTRAINT business_day_debtors_ck CHECK (debtors >= 0)`,
  `COMMENT ON COLUMN business_day.debtors IS 'People in debt at the end of the day, among the accounts up to debtors_account_id'`,
  `COMMENT ON COLUMN business_day.debtors_account_id IS 'Lags behind settled_account_id where a node of an older release has settled accounts'`,
  `COMMENT ON COLUMN business_day.others IS 'Income less expense of day_total, kept when its rows are deleted'`,
];

/** A trigger, so that days which a node of an older release closes keep the sum, too. */
const OTHERS = [
  `CREATE FUNCTION keep_others() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE business_day SET others = coalesce(others, 0) + moved.amount
    FROM (SELECT business_day AS day, sum(income - expense)::bigint AS amount FROM deleted GROUP BY business_day) AS moved
    WHERE business_day.day = moved.day;
    RETURN NULL;
  END $$`,
  `CREATE TRIGGER day_total_keep_others AFTER DELETE ON day_total
    REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION keep_others()`,
];

const PAYOUTS = `CREATE INDEX posting_payout_ix ON posting (business_day) WHERE kind = 'payout'`;

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  // Every posting reads the open day. So the table of days is locked last, when the index is built.
  // Until then postings wait, but reads go on.
  for (const statement of [PAYOUTS, ...OTHERS, ...BUSINESS_DAY]) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP INDEX posting_payout_ix');
  await run('DROP TRIGGER day_total_keep_others ON day_total');
  await run('DROP FUNCTION keep_others');
  await run(
    'ALTER TABLE business_day DROP COLUMN debtors, DROP COLUMN debtors_account_id, DROP COLUMN others',
  );
};
