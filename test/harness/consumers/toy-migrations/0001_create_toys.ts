/** Tables of the toy consumers. */
const statements = [
  `CREATE TABLE parrot_total (
    id text CONSTRAINT parrot_total_pk PRIMARY KEY,
    seeds bigint NOT NULL DEFAULT 0
  )`,
  `CREATE TABLE feeding (
    key text CONSTRAINT feeding_pk PRIMARY KEY,
    parrot_id text NOT NULL,
    seeds bigint NOT NULL
  )`,
  `CREATE TABLE parrot_name (
    id text CONSTRAINT parrot_name_pk PRIMARY KEY,
    name text NOT NULL,
    version bigint NOT NULL
  )`,
  `CREATE TABLE parrot_diary (
    id text CONSTRAINT parrot_diary_pk PRIMARY KEY,
    diary text NOT NULL
  )`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE parrot_diary, parrot_name, feeding, parrot_total');
};
