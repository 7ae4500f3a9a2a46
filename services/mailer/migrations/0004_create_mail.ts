/** The queue of mails with its history (MAIL-1 to MAIL-3), and the requests of other services. */
const statements = [
  `CREATE TABLE request (
    request_id uuid CONSTRAINT request_pk PRIMARY KEY,
    stream_sequence bigint NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    requested_at timestamptz(3) NOT NULL,
    recipient text NOT NULL,
    recipient_name text,
    locale text,
    subject text,
    body text,
    template text,
    data text,
    event_id uuid NOT NULL,
    correlation_id text NOT NULL,
    traceparent text
  )`,
  `COMMENT ON TABLE request IS 'Requests for mails until everything that was asked for before them is here too; then they become mails'`,
  `CREATE INDEX request_sequence_ix ON request (stream_sequence)`,

  `CREATE TABLE mail (
    id uuid CONSTRAINT mail_pk PRIMARY KEY,
    position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    request_key text NOT NULL,
    recipient text NOT NULL,
    recipient_name text,
    mailbox text COLLATE "C" NOT NULL,
    status text NOT NULL,
    template text,
    subject text NOT NULL,
    text text,
    html text,
    message_id text NOT NULL,
    requested_at timestamptz(3) NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    sent_at timestamptz(3),
    failed_at timestamptz(3),
    reason text,
    causation_id text NOT NULL,
    correlation_id text NOT NULL,
    traceparent text,
    CONSTRAINT mail_position_uq UNIQUE (position),
    CONSTRAINT mail_request_uq UNIQUE (request_key),
    CONSTRAINT mail_status_ck CHECK (status IN ('queued', 'sent', 'failed')),
    CONSTRAINT mail_sent_ck CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
    CONSTRAINT mail_failed_ck CHECK ((status = 'failed') = (failed_at IS NOT NULL)),
    CONSTRAINT mail_reason_ck CHECK (status <> 'failed' OR reason IS NOT NULL),
    CONSTRAINT mail_text_ck CHECK (status <> 'queued' OR (text IS NOT NULL AND html IS NOT NULL))
  )`,
  `COMMENT ON TABLE mail IS 'Every mail that was ever asked for, once for each request key; what it said is deleted when it was sent'`,
  `COMMENT ON COLUMN mail.position IS 'The order in which the mails of a mailbox leave'`,
  `COMMENT ON COLUMN mail.mailbox IS 'The recipient in lower case: whose mails leave in order'`,
  `COMMENT ON COLUMN mail.request_key IS 'payout:<id>, digest:<shuffle>:<employee>, or the id of the request'`,
  `COMMENT ON COLUMN mail.reason IS 'Why it failed; of a queued one, why the last attempt did'`,
  // For the first mail of a mailbox's queue.
  `CREATE INDEX mail_queued_ix ON mail (mailbox, position) WHERE status = 'queued'`,
  // For the lists of a recipient and of a status.
  `CREATE INDEX mail_mailbox_ix ON mail (mailbox, position)`,
  `CREATE INDEX mail_status_ix ON mail (status, position)`,

  `CREATE TABLE mailbox (
    address text COLLATE "C" CONSTRAINT mailbox_pk PRIMARY KEY,
    due_at timestamptz,
    leased_by uuid,
    failures integer NOT NULL DEFAULT 0,
    CONSTRAINT mailbox_failures_ck CHECK (failures >= 0),
    CONSTRAINT mailbox_lease_ck CHECK (leased_by IS NULL OR due_at IS NOT NULL)
  )`,
  `COMMENT ON TABLE mailbox IS 'Whom mails wait for, and when it is their turn: one node at a time sends to a mailbox'`,
  `COMMENT ON COLUMN mailbox.due_at IS 'When the first mail of its queue is to be tried; of a leased one, when the lease ends; null: nothing waits'`,
  `COMMENT ON COLUMN mailbox.failures IS 'Attempts in a row that failed, of the first mail of its queue'`,
  // A claim takes mailboxes without failures and failing ones separately.
  `CREATE INDEX mailbox_due_ix ON mailbox (due_at) WHERE due_at IS NOT NULL AND failures = 0`,
  `CREATE INDEX mailbox_failing_ix ON mailbox (due_at) WHERE due_at IS NOT NULL AND failures > 0`,
  `CREATE INDEX mailbox_lease_ix ON mailbox (leased_by) WHERE leased_by IS NOT NULL`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = (run: (sql: string) => Promise<void>): Promise<void> =>
  run('DROP TABLE mailbox, mail, request');
