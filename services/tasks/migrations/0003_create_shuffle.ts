import type { MigrationRoles } from '#mixins/database/migrate.ts';

/** Shuffles, and the data from which each of their chunks was drawn (TASK-5). */
const statements = [
  `CREATE TABLE shuffle (
    id uuid CONSTRAINT shuffle_pk PRIMARY KEY,
    number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    requested_by_id uuid NOT NULL,
    actor_address text,
    correlation_id text NOT NULL,
    traceparent text,
    requested_at timestamptz(3) NOT NULL,
    last_position bigint NOT NULL,
    total integer NOT NULL,
    status text NOT NULL DEFAULT 'running',
    drawn_position bigint NOT NULL DEFAULT 0,
    chunks integer NOT NULL DEFAULT 0,
    done integer NOT NULL DEFAULT 0,
    completed_at timestamptz(3),
    CONSTRAINT shuffle_status_ck CHECK (status IN ('running', 'completed')),
    CONSTRAINT shuffle_completed_ck CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
    CONSTRAINT shuffle_position_ck CHECK (drawn_position BETWEEN 0 AND last_position),
    CONSTRAINT shuffle_done_ck CHECK (done BETWEEN 0 AND total)
  )`,
  `COMMENT ON TABLE shuffle IS 'Every press of the button: a job over the tasks up to last_position that were open, done up to drawn_position'`,
  // For the queue, which is read at every chunk.
  `CREATE INDEX shuffle_running_ix ON shuffle (number) WHERE status = 'running'`,

  `CREATE TABLE shuffle_chunk (
    shuffle_id uuid NOT NULL,
    number integer NOT NULL,
    seed bytea NOT NULL,
    population_version bigint NOT NULL,
    first_position bigint NOT NULL,
    last_position bigint NOT NULL,
    drawn integer NOT NULL,
    drawn_at timestamptz(3) NOT NULL,
    CONSTRAINT shuffle_chunk_pk PRIMARY KEY (shuffle_id, number),
    CONSTRAINT shuffle_chunk_shuffle_fk FOREIGN KEY (shuffle_id) REFERENCES shuffle (id),
    CONSTRAINT shuffle_chunk_population_fk FOREIGN KEY (population_version) REFERENCES population (version),
    CONSTRAINT shuffle_chunk_seed_ck CHECK (octet_length(seed) = 32),
    CONSTRAINT shuffle_chunk_positions_ck CHECK (first_position <= last_position),
    CONSTRAINT shuffle_chunk_drawn_ck CHECK (drawn >= 1)
  )`,
  `COMMENT ON TABLE shuffle_chunk IS 'What each chunk of a shuffle was drawn from: draw n of the seed, among the population of that version, is the assignee of its n-th task in order of position'`,
];

const undo = ['DROP TABLE shuffle_chunk', 'DROP TABLE shuffle'];

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  for (const statement of statements) await run(statement);
  // This is history: the service only adds to it and reads it.
  await run(`REVOKE UPDATE, DELETE ON shuffle_chunk FROM ${runtimeRole}`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of undo) await run(statement);
};
