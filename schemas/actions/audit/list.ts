import { defineAction } from '#schemas/action.ts';
import { line, optional, page } from '#schemas/params.ts';

/** ISO 8601: a time with its offset, or a day, which means its midnight (UTC). */
const DAY_OR_TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const dayOrTime = { type: 'string', pattern: DAY_OR_TIME, optional: true } as const;
/** These fields of events are shorter, so a longer text would match nothing. */
const exact = optional(line(1, 500));

/**
 * AUD-1: refused with `validation_failed` for an invalid time or a range that ends before it
 * begins. The range includes `from` and excludes `to`. `actor` is a user's id,
 * `operator:<user>@<host>`, `service:<name>` or `anonymous`. A page of large items may have fewer
 * than `limit`; only a page without `nextCursor` is the last.
 */
export default defineAction({
  action: 'audit.list',
  route: 'GET /audit',
  access: ['admin'],
  status: 200,
  summary: 'Lists all events, the newest first, with actor, address, and the state before and after.',
  params: {
    $$strict: true,
    ...page,
    type: exact,
    subject: exact,
    actor: exact,
    from: dayOrTime,
    to: dayOrTime,
  },
  csv: ['id', 'type', 'subject', 'actor', 'address', 'at', 'before', 'after', 'data'],
});
