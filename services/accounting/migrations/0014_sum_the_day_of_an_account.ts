import type { MigrationRoles } from '#mixins/database/migrate.ts';

/**
 * Fees and rewards of an account on the day of its newest line (ACC-3). They were summed from all
 * lines of the open day, which took longer with every line.
 *
 * The sums cover the lines from `sums_first` to `sums_last`. Nodes of an older release do not keep
 * them, so readers add the lines of the day outside that range.
 */
const COLUMNS = ['sums_day', 'sums_first', 'sums_last', 'sums_charged', 'sums_earned'];

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  await run(`ALTER TABLE account
    ADD COLUMN sums_day date,
    ADD COLUMN sums_first bigint,
    ADD COLUMN sums_last bigint,
    ADD COLUMN sums_charged bigint,
    ADD COLUMN sums_earned bigint,
    ADD CONSTRAINT account_sums_ck CHECK (num_nulls(${COLUMNS.join(', ')}) IN (0, ${COLUMNS.length}))`);
  await run(
    `COMMENT ON COLUMN account.sums_day IS 'Business day of the sums: of fees (charged) and rewards (earned) of the lines from sums_first to sums_last'`,
  );
  await run(`GRANT UPDATE (${COLUMNS.join(', ')}) ON account TO ${runtimeRole}`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run(`ALTER TABLE account ${COLUMNS.map((column) => `DROP COLUMN ${column}`).join(', ')}`);
};
