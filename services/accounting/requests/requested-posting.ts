/**
 * Decides whether a requested posting is booked or refused for good (ACC-10). The rules do not
 * depend on the time or the order of requests.
 */
import { causedBy, type Delivery } from '#mixins/consumer/definition.ts';
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import { faultOfLine, hasVisible } from '#schemas/characters.ts';
import { postingRefused } from '#schemas/events/accounting/posting-refused.v1.ts';
import type { postingRequested } from '#schemas/events/accounting/posting-requested.v1.ts';
import { PAYOUT } from '../days/payout.ts';
import { ADJUSTMENT, type FreePosting, type OutOfBounds } from '../journal/free-postings.ts';
import { COMPANY_ACCOUNT } from '../journal/journal.ts';
import { FEE, REWARD } from '../tasks/task-postings.ts';

export type PostingRequest = Delivery<typeof postingRequested>;

export interface Refusal {
  readonly code:
    | OutOfBounds['code']
    | 'zero_amount'
    | 'amount_out_of_bounds'
    | 'wrong_currency'
    | 'malformed_kind'
    | 'reserved_kind'
    | 'unknown_owner'
    | 'missing_reason'
    | 'malformed_text'
    | 'incomplete_reference'
    | 'malformed_time';
  readonly reason: string;
}

/** Minor units, in either direction. */
export const MAX_REQUESTED_AMOUNT = 1_000_000_000_000;
/** Length in code points. */
const MAX_REASON_LENGTH = 500;
const MAX_REFERENCE_LENGTH = 500;
/**
 * The years 1 to 9999, in milliseconds since 1970. PostgreSQL does not read the ISO form of other
 * years.
 */
const MIN_TIME_MS = Date.parse('0001-01-01T00:00:00Z');
const MAX_TIME_MS = Date.parse('9999-12-31T23:59:59.999Z');

const SLUG = /^[a-z][a-z0-9_-]{0,49}$/;
/** Kinds that only this service posts. Figures and payouts are computed from them. */
const RESERVED_KINDS: readonly string[] = [FEE, REWARD, PAYOUT, ADJUSTMENT];
/** Owner types of the company's and the bank's account. */
const HOUSE: readonly string[] = ['company', 'bank'];

/** Why a request is refused, regardless of the books; null if it is not. */
export function refusalOf({ data }: PostingRequest, currency: string): Refusal | null {
  const { amount, kind, ownerType, reason } = data;
  const references = [data.referenceType, data.referenceId, data.referenceTitle].filter(
    (part) => part !== null,
  );
  if (amount === 0) return { code: 'zero_amount', reason: 'The amount is zero' };
  if (Math.abs(amount) > MAX_REQUESTED_AMOUNT) {
    return { code: 'amount_out_of_bounds', reason: `The amount is beyond ${MAX_REQUESTED_AMOUNT}` };
  }
  if (data.currency !== currency) {
    return { code: 'wrong_currency', reason: `The books are kept in ${currency}` };
  }
  if (!SLUG.test(kind)) {
    return { code: 'malformed_kind', reason: 'The kind is no slug of 1 to 50 characters' };
  }
  if (RESERVED_KINDS.includes(kind)) {
    return { code: 'reserved_kind', reason: `Only this service posts the kind ${kind}` };
  }
  if (!SLUG.test(ownerType) || HOUSE.includes(ownerType)) {
    return { code: 'unknown_owner', reason: 'There are no such owners of accounts' };
  }
  if (!hasVisible(reason)) return { code: 'missing_reason', reason: 'There is no reason' };
  const fault =
    faultOfLine(reason, 1, MAX_REASON_LENGTH) ??
    references.map((text) => faultOfLine(text, 0, MAX_REFERENCE_LENGTH)).find((found) => found !== null);
  if (fault) return { code: 'malformed_text', reason: `Reason and reference ${fault.message}` };
  if (references.length !== 0 && references.length !== 3) {
    return { code: 'incomplete_reference', reason: 'A reference has a type, an id and a title, or nothing' };
  }
  if (data.occurredAt < MIN_TIME_MS || data.occurredAt > MAX_TIME_MS) {
    return { code: 'malformed_time', reason: 'The time is beyond the years 1 to 9999' };
  }
  return null;
}

export const requestKey = (requestId: string): string => `request:${requestId}`;

/**
 * The posting of an acceptable request, under a key that holds for ever. `id` is its public id, a
 * UUID.
 */
export function requestedPosting(request: PostingRequest, id: string): FreePosting {
  const { data } = request;
  const { referenceType, referenceId, referenceTitle } = data;
  return {
    id,
    key: requestKey(data.requestId),
    kind: data.kind,
    owner: { type: data.ownerType, id: data.ownerId },
    amount: data.amount,
    counterAccountId: COMPANY_ACCOUNT,
    reference:
      referenceType === null
        ? null
        : { type: referenceType, id: referenceId ?? '', title: referenceTitle ?? '', externalId: null },
    occurredAt: new Date(data.occurredAt),
    endedDay: null,
    note: data.reason,
    by: null,
    cause: causedBy(request),
    requestId: data.requestId,
  };
}

/** UUIDs may come in upper case. Keys and look-ups need one form. */
export function inLowerCase(request: PostingRequest): PostingRequest {
  const { data } = request;
  const lower = { requestId: data.requestId.toLowerCase(), ownerId: data.ownerId.toLowerCase() };
  return { ...request, data: { ...data, ...lower } };
}

/** The event of a refused request. It is the second and last version of its aggregate. */
export function refusedEvent(request: PostingRequest, { code, reason }: Refusal): NewEvent {
  const { requestId } = request.data;
  return newEvent(postingRefused, requestId, 2, { requestId, code, reason }, causedBy(request));
}
