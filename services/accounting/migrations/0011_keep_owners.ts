/**
 * An account keeps its owner (ACC-7). Otherwise a new owner would take over all its lines without a
 * change to any of them.
 */
import type { MigrationRoles } from '#mixins/database/migrate.ts';

export const up = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  await run(`CREATE TRIGGER account_owner_kept BEFORE UPDATE OF id, owner_type, owner_id ON account
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  await run(`REVOKE UPDATE ON account FROM ${runtimeRole}`);
  await run(`GRANT UPDATE (balance, entry_count, balance_version, last_day) ON account TO ${runtimeRole}`);
};

export const down = async (
  run: (sql: string) => Promise<void>,
  { runtimeRole }: MigrationRoles,
): Promise<void> => {
  await run(`GRANT UPDATE ON account TO ${runtimeRole}`);
  await run('DROP TRIGGER account_owner_kept ON account');
};
