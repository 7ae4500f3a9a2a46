/**
 * The entries that the bucket `identity` must hold, so that every node has the keys, versions and
 * revocations (AUTH-4, AUTH-7).
 */
const statements = [
  `CREATE TABLE identity_entry (
    key text CONSTRAINT identity_entry_pk PRIMARY KEY,
    value jsonb NOT NULL,
    version integer NOT NULL,
    pending boolean NOT NULL DEFAULT true,
    changed_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    CONSTRAINT identity_entry_version_ck CHECK (version >= 1)
  )`,
  `COMMENT ON TABLE identity_entry IS 'Entries of the bucket identity, written with the change they tell of and put there after the commit; a row with expires_at leaves the bucket then'`,
  // Read by the writer of the bucket; almost always empty.
  `CREATE INDEX identity_entry_pending_ix ON identity_entry (changed_at) WHERE pending`,
  `CREATE INDEX identity_entry_expires_ix ON identity_entry (expires_at) WHERE expires_at IS NOT NULL`,
  `CREATE INDEX identity_entry_changed_ix ON identity_entry (changed_at)`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE identity_entry');
};
