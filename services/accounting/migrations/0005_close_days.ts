/**
 * Closing days (ACC-5, ACC-6): the progress of an ended day, and the sums of each day. Days that
 * ended before this migration are closed after it, oldest first.
 */
import type { MigrationRoles } from '#mixins/database/migrate.ts';

const BUSINESS_DAY = [
  `ALTER TABLE business_day
    ADD COLUMN ended_by_id text NOT NULL DEFAULT 'service:accounting',
    ADD COLUMN ended_by_address text,
    ADD COLUMN correlation_id text NOT NULL DEFAULT gen_random_uuid()::text,
    ADD COLUMN traceparent text,
    ADD COLUMN settled_account_id bigint NOT NULL DEFAULT 0,
    ADD COLUMN settled_at timestamptz,
    ADD COLUMN carried_over bigint NOT NULL DEFAULT 0,
    ADD COLUMN fees bigint,
    ADD COLUMN rewards bigint,
    ADD COLUMN payouts bigint,
    ADD COLUMN total_paid bigint,
    ADD COLUMN entries bigint,
    ADD COLUMN head text,
    ADD COLUMN closed_at timestamptz,
    ADD CONSTRAINT business_day_carried_over_ck CHECK (carried_over >= 0),
    ADD CONSTRAINT business_day_settled_ck CHECK (settled_at IS NULL OR ended_at IS NOT NULL),
    ADD CONSTRAINT business_day_closed_ck CHECK (closed_at IS NULL OR (settled_at IS NOT NULL AND
      num_nulls(fees, rewards, payouts, total_paid, entries, head) = 0))`,
  `COMMENT ON COLUMN business_day.ended_by_id IS 'Who ended it, and in the course of what: the cause of its payouts and of its close'`,
  `COMMENT ON COLUMN business_day.settled_account_id IS 'The accounts up to this one have been paid what this day owed them'`,
  `COMMENT ON COLUMN business_day.settled_at IS 'When its last payout was booked; it is closed when it is sealed as well'`,
  `COMMENT ON COLUMN business_day.carried_over IS 'Sum of the debts at the end of the day, positive; grows while accounts are settled'`,
  `COMMENT ON COLUMN business_day.fees IS 'This and the following are final figures, null until the day is closed'`,
  // Each node reads the unclosed days every second: few or none among thousands.
  'CREATE INDEX business_day_unclosed_ix ON business_day (day) WHERE closed_at IS NULL',
];

const TOTAL = [
  `CREATE TABLE day_total (
    business_day date NOT NULL,
    shard integer NOT NULL,
    lines bigint NOT NULL,
    fees bigint NOT NULL,
    rewards bigint NOT NULL,
    payouts bigint NOT NULL,
    total_paid bigint NOT NULL,
    CONSTRAINT day_total_pk PRIMARY KEY (business_day, shard)
  ) WITH (fillfactor = 10)`,
  `COMMENT ON TABLE day_total IS 'Sums of the lines of days that are not closed yet, kept by the statement that books; one row a backend, so that no two wait for each other. Pages are left empty for new versions of their rows'`,
  `INSERT INTO day_total
    SELECT entry.business_day, 0, count(*), coalesce(-sum(amount) FILTER (WHERE kind = 'fee'), 0),
      coalesce(sum(amount) FILTER (WHERE kind = 'reward'), 0), 0, 0
    FROM entry JOIN posting ON posting.id = posting_id
    WHERE account_sequence IS NOT NULL GROUP BY entry.business_day`,
];

const ACCOUNT = [
  'ALTER TABLE account ADD COLUMN last_day date',
  `COMMENT ON COLUMN account.last_day IS 'Business day of its newest line: where that has ended, a positive balance is due to be paid'`,
  `UPDATE account SET last_day = (
    SELECT max(business_day) FROM entry WHERE account_id = account.id AND account_sequence IS NOT NULL
  )`,
  `INSERT INTO account (id, owner_type, owner_id) VALUES (2, 'bank', '00000000-0000-0000-0000-000000000000')`,
];

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  for (const statement of [...BUSINESS_DAY, ...TOTAL, ...ACCOUNT]) await run(statement);
  await run(`REVOKE DELETE ON business_day FROM ${runtimeRole}`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DELETE FROM account WHERE id = 2');
  await run('ALTER TABLE account DROP COLUMN last_day');
  await run('DROP TABLE day_total');
  await run('DROP INDEX business_day_unclosed_ix');
  await run(`ALTER TABLE business_day DROP COLUMN ended_by_id, DROP COLUMN ended_by_address, DROP COLUMN correlation_id,
    DROP COLUMN traceparent, DROP COLUMN settled_account_id, DROP COLUMN settled_at, DROP COLUMN carried_over, DROP COLUMN fees,
    DROP COLUMN rewards, DROP COLUMN payouts, DROP COLUMN total_paid, DROP COLUMN entries, DROP COLUMN head, DROP COLUMN closed_at`);
};
