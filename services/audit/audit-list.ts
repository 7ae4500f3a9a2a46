/** The list of the log (AUD-1): its filters, and the size of a page. */
import { type Page, pageOf, type TimeRange, timedPlace, timeRangeIn } from '#mixins/lists.ts';
import type { ActionParams } from '#schemas/action.ts';
import type list from '#schemas/actions/audit/list.ts';
import type { AuditItem } from './record.ts';

export type AuditParams = ActionParams<typeof list>;

export interface AuditFilter extends TimeRange {
  readonly type?: string | undefined;
  readonly subject?: string | undefined;
  readonly actor?: string | undefined;
  readonly service?: string | undefined;
  readonly correlation?: string | undefined;
}

/** Throws `validation_failed` for an invalid time, and for a range that ends before it begins. */
export function filterOf(params: AuditParams): AuditFilter {
  const { type, subject, actor, service, correlation } = params;
  return { type, subject, actor, service, correlation, ...timeRangeIn(params) };
}

/**
 * The limit of a page's items as JSON, in bytes. An answer between nodes must fit into a message of
 * the broker (1 MiB), and two hundred events of 64 KiB would not. A single item always fits.
 */
const MAX_PAGE_BYTES = 512 * 1024;

/**
 * Makes a page of at most `limit` items and `MAX_PAGE_BYTES`, but at least one item. `items` has
 * one more than the limit.
 */
export function auditPage(
  items: readonly AuditItem[],
  limit: number,
  maxBytes = MAX_PAGE_BYTES,
): Page<AuditItem> {
  let bytes = 0;
  let count = 0;
  for (const item of items.slice(0, limit)) {
    bytes += Buffer.byteLength(JSON.stringify(item));
    if (bytes > maxBytes && count > 0) break;
    count += 1;
  }
  return pageOf(items, count, timedPlace);
}
