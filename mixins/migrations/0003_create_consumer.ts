/**
 * State of consumers, in the database of their effects, so that one transaction covers both: dead
 * letters, events that came early, positions of ordered aggregates, counters of lone attempts,
 * epochs of streams. `consumer` is the durable, `<service>-<key>`.
 */
const statements = [
  `CREATE TABLE dead_letter (
    id uuid CONSTRAINT dead_letter_pk PRIMARY KEY,
    consumer text NOT NULL,
    event_key text NOT NULL,
    stream text NOT NULL,
    stream_sequence bigint NOT NULL,
    type text,
    subject text,
    sequence bigint,
    headers jsonb NOT NULL,
    payload bytea NOT NULL,
    attempts integer NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    parked boolean NOT NULL,
    status text NOT NULL DEFAULT 'open',
    set_aside_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at timestamptz,
    settled_by text,
    settled_reason text,
    CONSTRAINT dead_letter_event_uq UNIQUE (consumer, event_key),
    CONSTRAINT dead_letter_status_ck CHECK (status IN ('open', 'redriven', 'discarded')),
    CONSTRAINT dead_letter_settled_ck CHECK ((status = 'open') = (settled_at IS NULL))
  )`,
  `COMMENT ON TABLE dead_letter IS 'Events that a consumer set aside, whole, until someone redrives or discards them; settled ones stay, so that a redelivery finds them'`,
  `COMMENT ON COLUMN dead_letter.event_key IS 'The event id; for a message without a readable one, a digest of its bytes'`,
  `COMMENT ON COLUMN dead_letter.parked IS 'Whether later events of its aggregate wait behind it (consumers in sequence)'`,
  `CREATE INDEX dead_letter_rate_ix ON dead_letter (consumer, set_aside_at)`,
  `CREATE INDEX dead_letter_open_ix ON dead_letter (id) WHERE status = 'open'`,

  `CREATE TABLE waiting_event (
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
  )`,
  `COMMENT ON TABLE waiting_event IS 'Events of consumers in sequence that came before an earlier version of their aggregate; acknowledged, applied when their turn comes'`,
  `COMMENT ON COLUMN waiting_event.deliveries IS 'How often they were taken up, counted before each time: a high number means handle it alone'`,

  `CREATE TABLE sequence_position (
    consumer text NOT NULL,
    subject text NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT sequence_position_pk PRIMARY KEY (consumer, subject),
    CONSTRAINT sequence_position_position_ck CHECK (position > 0)
  )`,
  `COMMENT ON TABLE sequence_position IS 'The newest version of each aggregate that a consumer in sequence has applied or that was discarded'`,

  `CREATE TABLE attempt (
    consumer text NOT NULL,
    event_key text NOT NULL,
    attempts integer NOT NULL,
    last_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT attempt_pk PRIMARY KEY (consumer, event_key),
    CONSTRAINT attempt_attempts_ck CHECK (attempts >= 0)
  )`,
  `COMMENT ON TABLE attempt IS 'Lone attempts of events delivered suspiciously often, committed before each: what is still here after a crash names the event that kills the process'`,

  `CREATE TABLE consumer_epoch (
    consumer text CONSTRAINT consumer_epoch_pk PRIMARY KEY,
    epoch bigint NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
  )`,
  `COMMENT ON TABLE consumer_epoch IS 'The epoch of its stream that a consumer has followed: a higher one means that the stream lost its tail and was filled again'`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE consumer_epoch, attempt, sequence_position, waiting_event, dead_letter');
};
