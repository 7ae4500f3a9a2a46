/**
 * A snapshot of the live figures, from which a rebuild starts when the streams no longer begin with
 * their first event (ADR 44). It is in partitions of its own: slots 2 and 3. A new snapshot is
 * written beside the present one.
 */
import type { MigrationRoles } from '#mixins/database/migrate.ts';

const PROJECTIONS = [
  'user_copy',
  'task_copy',
  'price',
  'account',
  'operation',
  'account_day',
  'day',
  'closed_day',
];
const SLOTS = [2, 3];
const PARTITIONS = PROJECTIONS.flatMap((name) => SLOTS.map((slot) => ({ name, slot })));

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  for (const { name, slot } of PARTITIONS) {
    await run(`CREATE TABLE ${name}_${slot} PARTITION OF ${name} FOR VALUES IN (${slot})`);
    await run(`GRANT TRUNCATE ON ${name}_${slot} TO ${runtimeRole}`);
  }
  await run(`
    CREATE TABLE snapshot (
      slot smallint CONSTRAINT snapshot_pk PRIMARY KEY,
      positions jsonb NOT NULL,
      taken_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      CONSTRAINT snapshot_slot_ck CHECK (slot IN (2, 3))
    )`);
  await run(
    `COMMENT ON TABLE snapshot IS 'The snapshot of the figures, if there is one: one row at most, which names its slot'`,
  );
  await run(
    `COMMENT ON COLUMN snapshot.positions IS 'By stream, the position up to which it has everything, and the epoch of the stream then'`,
  );
  await run('CREATE UNIQUE INDEX snapshot_only_uq ON snapshot ((true))');
  await run('CREATE TABLE snapshot_request (requested_at timestamptz NOT NULL DEFAULT clock_timestamp())');
  await run(`COMMENT ON TABLE snapshot_request IS 'Requests for a snapshot, until one was taken'`);
  await run('ALTER TABLE generation ADD COLUMN copying boolean NOT NULL DEFAULT false');
  await run(
    `COMMENT ON COLUMN generation.copying IS 'Whether the snapshot is still to be copied into a generation that is being built: nothing else is written to it until then'`,
  );
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('ALTER TABLE generation DROP COLUMN copying');
  await run('DROP TABLE snapshot_request, snapshot');
  for (const { name, slot } of PARTITIONS) await run(`DROP TABLE ${name}_${slot}`);
};
