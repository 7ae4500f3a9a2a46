import { defineAction } from '#schemas/action.ts';
import { line, optional, page } from '#schemas/params.ts';

/** ISO 8601: a time with its offset, or a day, which stands for its midnight (UTC). */
const DAY_OR_TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const dayOrTime = { type: 'string', pattern: DAY_OR_TIME, optional: true } as const;
/** What events have in these fields is shorter; longer texts match nothing. */
const exact = optional(line(1, 500));

/**
 * AUD-1: refused with `validation_failed` for a time that there never was or a range that ends before it begins. The range is half-open:
 * `from` is in it, `to` is not. `actor` is a user's id, `operator:<user>@<host>`, `service:<name>` or `anonymous`. A page may have fewer items than `limit` where they
 * are large; it is the last only without `nextCursor`.
 */
export default defineAction({
  action: 'audit.list',
  route: 'GET /audit',
  access: ['admin'],
  status: 200,
  summary:
    'Lists what happened, the newest first: every event with who caused it, from where, before and after.',
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
