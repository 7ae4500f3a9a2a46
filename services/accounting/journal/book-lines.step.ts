/**
 * The common part of all bookings. It pays what ended days still owe before it posts to an owner.
 * So a balance is zero after its payout, whether the close or the next posting comes first (ACC-5).
 */
import { randomUUID } from 'node:crypto';
import type { BusinessDay } from '#mixins/calendar.ts';
import type { Tx } from '#mixins/database/database.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { NewEvent } from '#mixins/outbox/event.ts';
import { keepUsers, STUB_NAME } from '../accounts/user-copy.store.ts';
import { readOwed } from '../days/payout.store.ts';
import { isDue, PAYOUT, type Payout, payoutEvent, payoutOf } from '../days/payout.ts';
import { bookedKeys, insertAccounts, insertBooking, lockAccounts } from './journal.store.ts';
import {
  type Account,
  type Booking,
  balanceEvent,
  book,
  EMPLOYEE,
  type Line,
  type Owner,
  ownerKey,
  type Posting,
  unbooked,
} from './journal.ts';

/**
 * Creates the missing accounts of a booking, then locks all of its accounts. Returns them by
 * `ownerKey`. An unknown employee gets a stub as name.
 */
export async function openAccounts(tx: Tx, owners: readonly Owner[]): Promise<ReadonlyMap<string, Account>> {
  const distinct = [...new Map(owners.map((owner) => [ownerKey(owner), owner])).values()];
  if (distinct.length === 0) return new Map();
  const opened = await insertAccounts(tx, distinct);
  const employees = opened.filter(({ type }) => type === EMPLOYEE);
  if (employees.length > 0) {
    const stubs = employees.map(({ id }) => ({ id, name: STUB_NAME, version: 0 }));
    await keepUsers(tx, stubs);
  }
  return lockAccounts(tx, distinct);
}

export interface LinesToBook<P extends Posting> {
  /** Locked accounts by `ownerKey`. They include every owner. */
  readonly accounts: ReadonlyMap<string, Account>;
  readonly postings: readonly P[];
  /** The open day, as `dayToPostTo` gave it to this transaction. */
  readonly openDay: BusinessDay;
  readonly currency: string;
  /** Builds the event of a line. */
  readonly eventOf: (line: Line<P>) => NewEvent;
}

/**
 * Books the postings whose keys are not in the journal yet. Returns the events that the caller
 * appends: those of all lines, including payouts, then those of the balances.
 */
export async function bookLines<P extends Posting>(tx: Tx, work: LinesToBook<P>): Promise<NewEvent[]> {
  const { accounts, openDay, currency, eventOf } = work;
  const keys = work.postings.map(({ key }) => key);
  const postings = unbooked(work.postings, await bookedKeys(tx, keys));
  const owners = new Set(postings.map(({ owner }) => ownerKey(owner)));
  const touched = [...accounts].filter(([key]) => owners.has(key)).map(([, account]) => account);
  const payouts = await duePayouts(tx, touched, openDay);
  const booking = book<P | Payout>(accounts, [...payouts, ...postings], openDay);
  if (booking.lines.length > 0) await insertBooking(tx, booking);
  return eventsOf(booking, currency, eventOf);
}

/**
 * Pays what is due on these locked accounts, if their owners are known, and appends the events.
 * Returns the ids of the accounts that were paid.
 */
export async function bookPayouts(
  tx: Tx,
  accounts: ReadonlyMap<string, Account>,
  openDay: BusinessDay,
  currency: string,
): Promise<ReadonlySet<number>> {
  const payouts = await duePayouts(tx, [...accounts.values()], openDay);
  if (payouts.length === 0) return new Set();
  const booking = book(accounts, payouts, openDay);
  await insertBooking(tx, booking);
  await appendEvents(
    tx,
    eventsOf(booking, currency, (line) => payoutEvent(line, currency)),
  );
  return new Set(booking.lines.map(({ accountId }) => accountId));
}

async function duePayouts(tx: Tx, accounts: readonly Account[], openDay: BusinessDay): Promise<Payout[]> {
  const due = accounts.filter((account) => isDue(account, openDay));
  if (due.length === 0) return [];
  const owed = await readOwed(tx, due);
  return due.flatMap((account) => {
    const day = owed.get(account.id);
    return day === undefined ? [] : [payoutOf(account, day.ended, day.operations, randomUUID())];
  });
}

function eventsOf<P extends Posting>(
  { lines, accounts }: Booking<P | Payout>,
  currency: string,
  eventOf: (line: Line<P>) => NewEvent,
): NewEvent[] {
  return [
    ...lines.map((line) => (isPayout(line) ? payoutEvent(line, currency) : eventOf(line as Line<P>))),
    ...accounts.map((account) => balanceEvent(account, currency)),
  ];
}

function isPayout(line: Line<Posting>): line is Line<Payout> {
  return line.posting.kind === PAYOUT;
}
