import { defineAction } from '#schemas/action.ts';
import { json, list, nullable, string, time } from '#schemas/answers.ts';
import { dayOrTime, id, line, optional, page } from '#schemas/params.ts';

/** These fields of events are shorter, so a longer text would match nothing. */
const exact = optional(line(1, 500));

/**
 * AUD-1: refused with `validation_failed` for an invalid time or a range that ends before it
 * begins. The range includes `from` and excludes `to`. `actor` is a user's id,
 * `operator:<user>@<host>`, `service:<name>` or `anonymous`. `service` is the first word of the
 * type. `correlation` is the `x-request-id` of the request that caused the events. A page of large
 * items may have fewer than `limit`; only a page without `nextCursor` is the last.
 */
export default defineAction({
  action: 'audit.list',
  route: 'GET /audit',
  access: ['admin'],
  summary: 'Lists all events, the newest first, with actor, address, and the state before and after.',
  details:
    'Events arrive about a second after the request that caused them. `correlation` is the `X-Request-Id` of that request.',
  params: {
    ...page,
    type: exact,
    subject: exact,
    actor: exact,
    service: optional(line(1, 100)),
    correlation: exact,
    from: optional(dayOrTime()),
    to: optional(dayOrTime()),
  },
  answer: list({
    id: id(),
    type: string(),
    subject: string(),
    /** A user's id, `operator:<user>@<host>`, `service:<name>` or `anonymous`. */
    actor: string(),
    /** The user's name now. Null for everybody who is not a known user. */
    actorName: nullable(string('Mia')),
    address: nullable(string()),
    at: time(),
    /** The request, or the run of a loop, that caused it in the end. */
    correlationId: string(),
    /** The event that caused it. Null if a request or a loop did. */
    causationId: nullable(string()),
    /**
     * The state before. Null when the event has no state, when it created the aggregate, or when the
     * version before has not arrived yet.
     */
    before: json(),
    /** The state after. Null when the event has no state; then `data` says what happened. */
    after: json(),
    data: json(),
  }),
  csv: [
    'id',
    'type',
    'subject',
    'actor',
    'address',
    'at',
    'before',
    'after',
    'data',
    'correlationId',
    'causationId',
    'actorName',
  ],
});
