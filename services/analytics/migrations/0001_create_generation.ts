/**
 * Generations of the projections (ANA-5). Every projection has two partitions, slot 0 and slot 1.
 * The live generation uses one, and a rebuild fills the other. Both exist from the start, so that a
 * rebuild needs no permission to create tables, and a migration changes both.
 */
export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run(`
    CREATE TABLE generation (
      number integer CONSTRAINT generation_pk PRIMARY KEY,
      slot smallint NOT NULL,
      state text NOT NULL,
      targets jsonb,
      reason text,
      started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      live_at timestamptz,
      ended_at timestamptz,
      cleaned boolean NOT NULL DEFAULT false,
      CONSTRAINT generation_slot_ck CHECK (slot = number % 2),
      CONSTRAINT generation_state_ck CHECK (state IN ('building', 'live', 'retired', 'refused', 'cancelled')),
      CONSTRAINT generation_ended_ck CHECK ((state IN ('building', 'live')) = (ended_at IS NULL))
    )`);
  await run(
    `COMMENT ON TABLE generation IS 'Generations of the projections: the live one is read, one that is being built is filled beside it'`,
  );
  await run(
    `COMMENT ON COLUMN generation.targets IS 'By stream, the sequence up to which a rebuild must have read; null: not looked up yet'`,
  );
  await run(
    `COMMENT ON COLUMN generation.cleaned IS 'Whether the rows and durables of a generation that ended are gone'`,
  );
  await run(`CREATE UNIQUE INDEX generation_live_uq ON generation ((true)) WHERE state = 'live'`);
  await run(`CREATE UNIQUE INDEX generation_building_uq ON generation ((true)) WHERE state = 'building'`);
  await run(`INSERT INTO generation (number, slot, state, live_at) VALUES (1, 1, 'live', clock_timestamp())`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE generation');
};
