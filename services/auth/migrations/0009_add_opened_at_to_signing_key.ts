/**
 * Whether any node can open a key. Only a key that no node opens may be replaced by one that is
 * sealed with another secret (ADR 10).
 */
export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('ALTER TABLE signing_key ADD COLUMN opened_at timestamptz');
  await run(
    `COMMENT ON COLUMN signing_key.opened_at IS 'When a node last found that it can open the private half, while the key signs; every two seconds or so'`,
  );
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('ALTER TABLE signing_key DROP COLUMN opened_at');
};
