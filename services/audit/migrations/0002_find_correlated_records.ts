/**
 * Finds all records of one request. Most of its events come together, so their entries are close.
 */
export const up = (run: (sql: string) => Promise<void>): Promise<void> =>
  run('CREATE INDEX audit_record_correlation_ix ON audit_record (correlation_id, at, event_id)');

export const down = (run: (sql: string) => Promise<void>): Promise<void> =>
  run('DROP INDEX audit_record_correlation_ix');
