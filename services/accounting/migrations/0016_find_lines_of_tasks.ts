/**
 * Lines about a task that other services requested (ACC-10). Fees and rewards are found by their
 * keys and are not in this index, so it does not cost them anything.
 */
export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run(`CREATE INDEX posting_free_reference_ix ON posting (reference_type, reference_id)
    WHERE reference_id IS NOT NULL AND kind NOT IN ('fee', 'reward', 'payout')`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP INDEX posting_free_reference_ix');
};
