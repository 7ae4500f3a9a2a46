/** Reads the log (AUD-1) page by page, by key, so that every page costs the same. */
import type { Database } from '#mixins/database/database.ts';
import type { Page } from '#mixins/lists.ts';
import { type AuditParams, filterOf, pageOf, placeOf } from './audit-list.ts';
import { findRecords } from './record.store.ts';
import { type AuditItem, itemOf } from './record.ts';

/**
 * Throws `invalid_cursor`, and `validation_failed` for an invalid time or a range that ends before
 * it begins.
 */
export async function readAudit(database: Database, params: AuditParams): Promise<Page<AuditItem>> {
  const filter = filterOf(params);
  const behind = params.cursor === undefined ? null : placeOf(params.cursor);
  // One more than requested shows whether there is a next page.
  const records = await findRecords(database, filter, behind, params.limit + 1);
  return pageOf(records.map(itemOf), params.limit);
}
