/** Prices, and the secret from which they are derived (ACC-1). */
import type { MigrationRoles } from '#mixins/database/migrate.ts';

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  await run(`
    CREATE TABLE secret (
      name text CONSTRAINT secret_pk PRIMARY KEY,
      value bytea NOT NULL,
      CONSTRAINT secret_value_ck CHECK (length(value) >= 32)
    )`);
  await run(
    `COMMENT ON TABLE secret IS 'Keys that this service drew for itself; without the key named price nobody foresees a price'`,
  );

  await run(`
    CREATE TABLE price (
      reference_type text COLLATE "C" NOT NULL,
      reference_id uuid NOT NULL,
      fee bigint NOT NULL,
      reward bigint NOT NULL,
      currency text NOT NULL,
      CONSTRAINT price_pk PRIMARY KEY (reference_type, reference_id),
      CONSTRAINT price_fee_ck CHECK (fee >= 0),
      CONSTRAINT price_reward_ck CHECK (reward >= 0)
    )`);
  await run(
    `COMMENT ON TABLE price IS 'What a task costs at each assignment and pays at completion, in minor units; made once, never changed'`,
  );
  await run(`REVOKE UPDATE, DELETE ON secret, price FROM ${runtimeRole}`);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('DROP TABLE price, secret');
};
