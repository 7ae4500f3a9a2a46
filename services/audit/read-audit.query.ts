/** Reads the log (AUD-1) page by page, by key, so that every page costs the same. */
import type { Database } from '#mixins/database/database.ts';
import { type Page, timedPlaceIn } from '#mixins/lists.ts';
import { type AuditParams, auditPage, filterOf } from './audit-list.ts';
import { findRecords } from './record.store.ts';
import { type AuditItem, itemOf } from './record.ts';

/**
 * Throws `invalid_cursor`, and `validation_failed` for an invalid time or a range that ends before
 * it begins.
 */
export async function readAudit(database: Database, params: AuditParams): Promise<Page<AuditItem>> {
  const filter = filterOf(params);
  const behind = params.cursor === undefined ? null : timedPlaceIn(params.cursor);
  // One more than requested shows whether there is a next page.
  const records = await findRecords(database, filter, behind, params.limit + 1);
  return auditPage(records.map(itemOf), params.limit);
}
