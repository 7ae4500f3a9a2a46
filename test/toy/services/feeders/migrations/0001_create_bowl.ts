export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('CREATE TABLE bowl (parrot_id uuid CONSTRAINT bowl_pk PRIMARY KEY, name text NOT NULL)');
  await run(`COMMENT ON TABLE bowl IS 'One bowl for each parrot'`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE bowl');
};
