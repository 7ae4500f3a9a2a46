/** Lists service accounts, page by page. */
import type { Database } from '#mixins/database/database.ts';
import { isId, type Page, pageOf, placeIn } from '#mixins/lists.ts';
import type { ActionParams } from '#schemas/action.ts';
import type list from '#schemas/actions/auth/service-accounts.ts';
import { findServiceAccounts, type ListedAccount } from './service-account.store.ts';
import type { ServiceAccountView } from './service-account.ts';

/** Throws `invalid_cursor`. */
export async function listServiceAccounts(
  database: Database,
  { limit, cursor }: ActionParams<typeof list>,
): Promise<Page<ServiceAccountView>> {
  const [before] = cursor === undefined ? [null] : placeIn(cursor, isId);
  const rows = await findServiceAccounts(database, before, limit + 1);
  const page = pageOf(rows, limit, ({ id }) => [id]);
  return { ...page, items: page.items.map(viewOf) };
}

function viewOf(account: ListedAccount): ServiceAccountView {
  const { id, name, scopes, revokedById, revokedByName } = account;
  return {
    id,
    name,
    scopes,
    expiresAt: account.expiresAt.toISOString(),
    createdAt: account.createdAt.toISOString(),
    createdBy: { id: account.createdById, name: account.createdByName },
    lastUsedAt: account.lastUsedAt?.toISOString() ?? null,
    revokedAt: account.revokedAt?.toISOString() ?? null,
    revokedBy: revokedById === null ? null : { id: revokedById, name: revokedByName ?? '' },
  };
}
