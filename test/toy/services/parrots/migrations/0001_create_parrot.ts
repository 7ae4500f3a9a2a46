export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('CREATE TABLE parrot (id uuid CONSTRAINT parrot_pk PRIMARY KEY, name text NOT NULL)');
  await run(`COMMENT ON TABLE parrot IS 'Parrots that have hatched'`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE parrot');
};
