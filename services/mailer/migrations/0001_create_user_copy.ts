/** Recipients of mails: a copy of auth's users. */
const statements = [
  `CREATE TABLE user_copy (
    id uuid CONSTRAINT user_copy_pk PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL,
    locale text,
    version bigint NOT NULL,
    CONSTRAINT user_copy_version_ck CHECK (version >= 1)
  )`,
  `COMMENT ON TABLE user_copy IS 'Copies of the users of auth, by the events of its stream; never deleted'`,
  `COMMENT ON COLUMN user_copy.locale IS 'Language of their mails; null: that of the configuration'`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = (run: (sql: string) => Promise<void>): Promise<void> => run('DROP TABLE user_copy');
