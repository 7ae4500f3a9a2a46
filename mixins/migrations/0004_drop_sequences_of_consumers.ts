/**
 * Consumers no longer order events by version, so no event waits for an earlier version.
 * `dead_letter.parked` stays and is always false: nodes of the previous release still write and
 * read it.
 */
export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE sequence_position, waiting_event');
  await run('ALTER TABLE dead_letter ALTER COLUMN parked SET DEFAULT false');
  await run(`COMMENT ON COLUMN dead_letter.parked IS 'Always false; nothing reads it'`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('ALTER TABLE dead_letter ALTER COLUMN parked DROP DEFAULT');
  await run(`CREATE TABLE waiting_event (
    consumer text NOT NULL,
    subject text NOT NULL,
    sequence bigint NOT NULL,
    stream text NOT NULL,
    stream_sequence bigint NOT NULL,
    headers jsonb NOT NULL,
    payload bytea NOT NULL,
    deliveries integer NOT NULL DEFAULT 0,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT waiting_event_pk PRIMARY KEY (consumer, subject, sequence),
    CONSTRAINT waiting_event_sequence_ck CHECK (sequence > 0)
  )`);
  await run(`CREATE TABLE sequence_position (
    consumer text NOT NULL,
    subject text NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT sequence_position_pk PRIMARY KEY (consumer, subject),
    CONSTRAINT sequence_position_position_ck CHECK (position > 0)
  )`);
};
