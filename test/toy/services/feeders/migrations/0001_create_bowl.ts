export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('CREATE TABLE bowl (parrot_id uuid CONSTRAINT bowl_pk PRIMARY KEY, name text NOT NULL)');
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE bowl');
};
