/** Fails midway. */
export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('CREATE TABLE half_made (id int)');
  await run('CREATE TABEL typo (id int)');
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE half_made');
};
