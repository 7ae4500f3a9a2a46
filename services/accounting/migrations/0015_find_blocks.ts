/**
 * Blocks of the seal by what they cover and by their hash (ACC-8): for the block of a line, and of
 * the head of a day. A block is added at most twice a second, so these indexes cost postings
 * nothing.
 */
export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('CREATE INDEX seal_last_position_ix ON seal (last_position)');
  await run('CREATE INDEX seal_hash_ix ON seal (hash)');
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP INDEX seal_last_position_ix, seal_hash_ix');
};
