import type { MigrationRoles } from '#mixins/database/migrate.ts';

/** Copies of auth's users, and the seats from which the draw picks an assignee (TASK-3). */
const statements = [
  `CREATE TABLE user_copy (
    id uuid CONSTRAINT user_copy_pk PRIMARY KEY,
    name text NOT NULL,
    active boolean NOT NULL,
    roles text[] NOT NULL,
    assignable boolean NOT NULL,
    seat integer,
    version bigint NOT NULL,
    CONSTRAINT user_copy_seat_ck CHECK (seat >= 0),
    CONSTRAINT user_copy_assignable_ck CHECK (assignable = (active AND NOT roles && '{manager,admin}')),
    CONSTRAINT user_copy_version_ck CHECK (version >= 1)
  )`,
  `COMMENT ON TABLE user_copy IS 'Copies of the users of auth, by the events of its stream; never deleted'`,
  `COMMENT ON COLUMN user_copy.seat IS 'Where an assignable user sits at the newest version of the population; null for everyone else'`,
  `CREATE UNIQUE INDEX user_copy_seat_uq ON user_copy (seat) WHERE seat IS NOT NULL`,

  `CREATE TABLE population (
    version bigint CONSTRAINT population_pk PRIMARY KEY,
    size integer NOT NULL,
    CONSTRAINT population_size_ck CHECK (size >= 0)
  )`,
  `COMMENT ON TABLE population IS 'Every version of the set of assignable users, who sit on the seats 0 to size - 1; only ever added to, so that a recorded draw can be repeated'`,
  `INSERT INTO population (version, size) VALUES (0, 0)`,

  `CREATE TABLE seat (
    number integer NOT NULL,
    population_version bigint NOT NULL,
    user_id uuid NOT NULL,
    CONSTRAINT seat_pk PRIMARY KEY (number, population_version),
    CONSTRAINT seat_population_fk FOREIGN KEY (population_version) REFERENCES population (version),
    CONSTRAINT seat_user_fk FOREIGN KEY (user_id) REFERENCES user_copy (id),
    CONSTRAINT seat_number_ck CHECK (number >= 0)
  )`,
  `COMMENT ON TABLE seat IS 'Who took which seat with which version of the population; the holder at version v is the newest one up to v'`,
  // For the shuffle, which reads the changes of the population from one version to another.
  `CREATE INDEX seat_population_ix ON seat (population_version)`,
];

const undo = ['DROP TABLE seat', 'DROP TABLE population', 'DROP TABLE user_copy'];

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  for (const statement of statements) await run(statement);
  // This is history: the service only adds to it and reads it.
  await run(`REVOKE UPDATE, DELETE ON population, seat FROM ${runtimeRole}`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of undo) await run(statement);
};
