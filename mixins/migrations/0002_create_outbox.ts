/**
 * The outbox: events of this service, in the database of the changes that they describe.
 * `outbox_stream` holds the state of each target stream, and `outbox_schema` the schemas of the
 * events.
 */
const statements = [
  `CREATE TABLE outbox (
    position bigint GENERATED ALWAYS AS IDENTITY,
    stream_sequence bigint,
    stream_epoch bigint,
    occurred_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    refused_at timestamptz,
    event_id uuid NOT NULL,
    sequence bigint NOT NULL,
    stream text COLLATE "C" NOT NULL,
    aggregate text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    actor_id text NOT NULL,
    actor_address text,
    correlation_id text NOT NULL,
    causation_id text,
    traceparent text,
    refused_reason text,
    payload bytea NOT NULL,
    CONSTRAINT outbox_pk PRIMARY KEY (position),
    CONSTRAINT outbox_version_uq UNIQUE (aggregate, sequence, type),
    CONSTRAINT outbox_sequence_ck CHECK (sequence > 0),
    CONSTRAINT outbox_published_ck CHECK ((published_at IS NULL) = (stream_sequence IS NULL) AND (published_at IS NULL) = (stream_epoch IS NULL)),
    CONSTRAINT outbox_refused_ck CHECK ((refused_at IS NULL) = (refused_reason IS NULL) AND (refused_at IS NULL OR published_at IS NULL))
  )`,
  `COMMENT ON TABLE outbox IS 'Events of this service, in the order in which they were appended; published ones are kept for some days in case the broker forgets'`,
  `COMMENT ON COLUMN outbox.stream IS 'The service whose stream carries it: the first word of the type, hence not part of the unique key'`,
  `COMMENT ON COLUMN outbox.aggregate IS '<aggregate>/<id>'`,
  `COMMENT ON COLUMN outbox.stream_sequence IS 'Where the broker said that it stored it'`,
  `COMMENT ON COLUMN outbox.stream_epoch IS 'The epoch of the stream at that time (outbox_stream)'`,
  `COMMENT ON COLUMN outbox.refused_at IS 'Set aside: the broker refuses this event for good; an operator may send it again'`,
  `CREATE INDEX outbox_unpublished_ix ON outbox (position) WHERE published_at IS NULL AND refused_at IS NULL`,
  `CREATE INDEX outbox_refused_ix ON outbox (position) WHERE refused_at IS NOT NULL`,
  // Only read when a stream lost its tail, and then in bounded statements. It costs next to nothing
  // on each insert.
  `CREATE INDEX outbox_stream_sequence_ix ON outbox USING brin (stream_sequence) WITH (pages_per_range = 64, autosummarize = on)`,
  // Every row is inserted, marked and later deleted. The default thresholds (a fifth of the table)
  // would start a vacuum too late.
  `ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_insert_scale_factor = 0.05)`,
  `CREATE TABLE outbox_stream (
    stream text COLLATE "C",
    epoch bigint NOT NULL DEFAULT 0,
    highest_sequence bigint NOT NULL DEFAULT 0,
    highest_event_id uuid,
    CONSTRAINT outbox_stream_pk PRIMARY KEY (stream)
  )`,
  `COMMENT ON TABLE outbox_stream IS 'Each stream that events of this service go to: its epoch as last followed and the highest sequence that was acknowledged to us under it'`,
  `CREATE TABLE outbox_schema (
    fingerprint text COLLATE "C",
    type text NOT NULL,
    schema text NOT NULL,
    CONSTRAINT outbox_schema_pk PRIMARY KEY (fingerprint)
  )`,
  `COMMENT ON TABLE outbox_schema IS 'The Avro schemas that events of the outbox were ever written with: a broker that lost everything is given them again, also those of older releases'`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const table of ['outbox_schema', 'outbox_stream', 'outbox']) await run(`DROP TABLE ${table}`);
};
