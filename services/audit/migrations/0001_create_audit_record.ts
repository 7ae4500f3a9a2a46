/**
 * The log (AUD-1): one permanent row per event.
 *
 * The table has no partitions: partitions by time could not keep event ids unique, and no row is
 * ever dropped. Ids (UUIDv7) and times rise, so the key and the index by time grow at their right
 * ends, which stay in memory. The indexes by type and by actor have one such end per type or actor.
 * Only inserts into the index by subject are spread out. BRIN would be smaller, but it can't return
 * the newest rows first, nor a page without reading all of its ranges.
 */
import type { MigrationRoles } from '#mixins/database/migrate.ts';

const statements = [
  `CREATE TABLE audit_record (
    event_id uuid CONSTRAINT audit_record_pk PRIMARY KEY,
    at timestamptz(3) NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    sequence bigint NOT NULL,
    whole_state boolean NOT NULL,
    stream text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    actor_id text COLLATE "C" NOT NULL,
    actor_address text,
    correlation_id text COLLATE "C" NOT NULL,
    causation_id text COLLATE "C",
    data jsonb NOT NULL,
    CONSTRAINT audit_record_sequence_ck CHECK (sequence > 0)
  )`,
  `COMMENT ON TABLE audit_record IS 'Every event of every stream, once; inserted and read, never changed'`,
  `COMMENT ON COLUMN audit_record.at IS 'When the change was made; recorded_at is when it was taken down'`,
  `COMMENT ON COLUMN audit_record.sequence IS 'The version of its aggregate'`,
  `COMMENT ON COLUMN audit_record.whole_state IS 'Whether data are all there is of the aggregate: the version before is then what was before'`,
  // Each list is ordered by time and id, the newest first, and each index covers this order.
  'CREATE INDEX audit_record_at_ix ON audit_record (at, event_id)',
  'CREATE INDEX audit_record_type_ix ON audit_record (type, at, event_id)',
  'CREATE INDEX audit_record_subject_ix ON audit_record (subject, at, event_id)',
  'CREATE INDEX audit_record_actor_ix ON audit_record (actor_id, at, event_id)',
  // Finds the version before another one.
  'CREATE INDEX audit_record_state_ix ON audit_record (subject, sequence) WHERE whole_state',
  `CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'the log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
  END $$`,
  `CREATE TRIGGER audit_record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_record
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
  // Rows are only inserted: frequent vacuuming lets reads of old pages skip the visibility check.
  'ALTER TABLE audit_record SET (autovacuum_vacuum_insert_scale_factor = 0.05)',
];

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  for (const statement of statements) await run(statement);
  await run(`REVOKE UPDATE, DELETE ON audit_record FROM ${runtimeRole}`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE audit_record');
  await run('DROP FUNCTION refuse_change');
};
