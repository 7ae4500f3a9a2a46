/**
 * Books the income and expense that other services request, each once, or refuses it for good
 * (ACC-10).
 */
import { randomUUID } from 'node:crypto';
import { calendarOf } from '#mixins/calendar.ts';
import { defineConsumer } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { Platform } from '#mixins/platform.ts';
import { postingRequested } from '#schemas/events/accounting/posting-requested.v1.ts';
import { dayToPostTo } from '../days/open-day.handler.ts';
import { bookLines, openAccounts } from '../journal/book-lines.step.ts';
import { type FreeTotals, madeEvent, outOfBounds, withAmount } from '../journal/free-postings.ts';
import { readFreeTotals } from '../journal/journal.store.ts';
import { type Account, ownerKey } from '../journal/journal.ts';
import { insertRequests, type JudgedRequest, settledRequests } from './posting-request.store.ts';
import {
  inLowerCase,
  type PostingRequest,
  refusalOf,
  refusedEvent,
  requestedPosting,
} from './requested-posting.ts';

export async function bookRequests(
  deliveries: readonly PostingRequest[],
  tx: Tx,
  platform: Platform,
): Promise<void> {
  const { currency } = platform.config;
  const openDay = await dayToPostTo(tx, calendarOf(platform.config));

  const requests = new Map<string, PostingRequest>();
  for (const delivery of deliveries.map(inLowerCase)) {
    if (!requests.has(delivery.data.requestId)) requests.set(delivery.data.requestId, delivery);
  }
  const judged = [...requests.values()].map((request): JudgedRequest => {
    const refusal = refusalOf(request, currency);
    return { request, refusal, posting: refusal === null ? requestedPosting(request, randomUUID()) : null };
  });
  const accounts = await openAccounts(
    tx,
    judged.flatMap(({ posting }) => posting?.owner ?? []),
  );
  // This is read only now, under the locks: see `lockAccounts`.
  const settled = await settledRequests(tx, [...requests.keys()]);
  const unsettled = judged.filter(({ request }) => !settled.has(request.data.requestId));
  const fresh = withinBounds(unsettled, accounts, await readFreeTotals(tx));
  if (fresh.length === 0) return;
  await insertRequests(tx, fresh);

  const booked = await bookLines(tx, {
    accounts,
    postings: fresh.flatMap(({ posting }) => posting ?? []),
    openDay,
    currency,
    eventOf: (line) => madeEvent(line, currency),
  });
  const refused = fresh.flatMap(({ request, refusal }) =>
    refusal === null ? [] : [refusedEvent(request, refusal)],
  );
  await appendEvents(tx, [...booked, ...refused]);
}

/**
 * Refuses, one after the other, requests that would take a balance or the totals out of their
 * bounds.
 */
function withinBounds(
  judged: readonly JudgedRequest[],
  accounts: ReadonlyMap<string, Account>,
  before: FreeTotals,
): JudgedRequest[] {
  const balances = new Map<string, number>();
  let totals = before;
  return judged.map((each) => {
    const { posting } = each;
    if (posting === null) return each;
    const key = ownerKey(posting.owner);
    const balance = balances.get(key) ?? accounts.get(key)?.balance ?? 0;
    const refusal = outOfBounds(balance, totals, posting.amount);
    if (refusal !== null) return { ...each, refusal, posting: null };
    balances.set(key, balance + posting.amount);
    totals = withAmount(totals, posting.amount);
    return each;
  });
}

export const requestsConsumer = defineConsumer({
  stream: 'accounting',
  order: 'keyed',
  reads: [postingRequested],
  handle: bookRequests,
});
