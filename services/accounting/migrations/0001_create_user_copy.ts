/** Users as accounting needs them: the name beside an account. */
export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run(`
    CREATE TABLE user_copy (
      id uuid CONSTRAINT user_copy_pk PRIMARY KEY,
      name text NOT NULL,
      version bigint NOT NULL,
      CONSTRAINT user_copy_version_ck CHECK (version >= 0)
    )`);
  await run(
    `COMMENT ON TABLE user_copy IS 'Copy of the users of auth, the newest version each; version 0 is a stub, made when a task of an unknown user was booked'`,
  );
  // For the list of accounts, which is ordered by name and id.
  await run('CREATE INDEX user_copy_name_ix ON user_copy (name, id)');
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE user_copy');
};
