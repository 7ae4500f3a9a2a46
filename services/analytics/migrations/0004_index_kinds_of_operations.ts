/**
 * The operations of a day by kind. Fees are the most frequent kind, and are found by the key: most
 * lines of a day are fees.
 */
export const up = (run: (sql: string) => Promise<void>): Promise<void> =>
  run(`CREATE INDEX operation_kind_ix ON operation (business_day, kind, entry_id) WHERE kind <> 'fee'`);

export const down = (run: (sql: string) => Promise<void>): Promise<void> =>
  run('DROP INDEX operation_kind_ix');
