/**
 * The seal of the journal (ACC-8): blocks of postings. Each block is hashed together with the hash
 * of the block before it. Blocks are inserted and read, never changed. Nothing can be added to the
 * sealed part of the journal.
 */
import type { MigrationRoles } from '#mixins/database/migrate.ts';

const SEAL = [
  `CREATE TABLE seal (
    number bigint CONSTRAINT seal_pk PRIMARY KEY,
    last_position bigint NOT NULL,
    postings integer NOT NULL,
    entries integer NOT NULL,
    sealed_at timestamptz NOT NULL,
    digests bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT seal_number_ck CHECK (number > 0),
    CONSTRAINT seal_digests_ck CHECK (octet_length(digests) = 40 * postings AND postings > 0),
    CONSTRAINT seal_hash_ck CHECK (octet_length(hash) = 32)
  )`,
  // Digests cannot be compressed. Trying would only cost time.
  'ALTER TABLE seal ALTER COLUMN digests SET STORAGE EXTERNAL',
  `COMMENT ON TABLE seal IS 'The hash chain over the journal: a block covers the postings from behind the block before up to its last position'`,
  `COMMENT ON COLUMN seal.last_position IS 'posting.id of its last one; what has a lower id and is in no block was added afterwards'`,
  `COMMENT ON COLUMN seal.digests IS 'Of each posting in order of position: 8 bytes of position, 32 of SHA-256 over its text and that of its entries'`,
  `COMMENT ON COLUMN seal.hash IS 'SHA-256 over the hash of the block before (32 zero bytes before the first), the other columns as text, and the digests'`,
  `CREATE TRIGGER seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
];

const BEHIND = [
  // One statement inserts a posting with its entries. So checking the entries covers both tables.
  `CREATE FUNCTION check_not_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    lowest bigint;
    sealed bigint;
  BEGIN
    SELECT min(posting_id) INTO lowest FROM inserted;
    SELECT last_position INTO sealed FROM seal ORDER BY number DESC LIMIT 1;
    IF lowest <= sealed THEN
      RAISE EXCEPTION 'the journal is sealed up to posting %: % can not be added', sealed, lowest
        USING ERRCODE = 'serialization_failure', TABLE = TG_TABLE_NAME,
          HINT = 'Positions are drawn by the statement that inserts them. Try again with a new one.';
    END IF;
    RETURN NULL;
  END $$`,
  `CREATE TRIGGER entry_not_sealed AFTER INSERT ON entry
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION check_not_sealed()`,
];

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  for (const statement of [...SEAL, ...BEHIND]) await run(statement);
  await run(`REVOKE UPDATE, DELETE ON seal FROM ${runtimeRole}`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TRIGGER entry_not_sealed ON entry');
  await run('DROP FUNCTION check_not_sealed');
  await run('DROP TABLE seal');
};
