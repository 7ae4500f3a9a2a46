/**
 * The common part of all bookings. It pays what ended days still owe before it posts to an owner.
 * So a balance is zero after its payout, whether the close or the next posting comes first (ACC-5).
 */
import { randomUUID } from 'node:crypto';
import type { BusinessDay } from '#mixins/calendar.ts';
import type { Tx } from '#mixins/database/database.ts';
import type { NewEvent } from '#mixins/outbox/event.ts';
import { readOwed } from '../days/payout.store.ts';
import { isDue, PAYOUT, type Payout, payoutEvent, payoutOf } from '../days/payout.ts';
import { bookedKeys, insertBooking } from './journal.store.ts';
import {
  type Account,
  type Booking,
  balanceEvent,
  book,
  type Line,
  ownerKey,
  type Posting,
  unbooked,
} from './journal.ts';

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

export interface Booked<P extends Posting> {
  /** The lines without payouts. */
  readonly lines: readonly Line<P>[];
  /**
   * Events that the caller appends: those of all lines, including payouts, then those of the
   * balances.
   */
  readonly events: readonly NewEvent[];
}

/** Books the postings whose keys are not in the journal yet. */
export async function bookLines<P extends Posting>(tx: Tx, work: LinesToBook<P>): Promise<Booked<P>> {
  const { accounts, openDay, currency, eventOf } = work;
  const keys = work.postings.map(({ key }) => key);
  const postings = unbooked(work.postings, await bookedKeys(tx, keys));
  const owners = new Set(postings.map(({ owner }) => ownerKey(owner)));
  const touched = [...accounts].filter(([key]) => owners.has(key)).map(([, account]) => account);
  const payouts = await duePayouts(tx, touched, openDay);
  const booking = book<P | Payout>(accounts, [...payouts, ...postings], openDay);
  if (booking.lines.length > 0) await insertBooking(tx, booking);
  const lines = booking.lines.filter((line): line is Line<P> => !isPayout(line));
  return { lines, events: eventsOf(booking, currency, eventOf) };
}

export interface BookedPayouts {
  /** Ids of the accounts that were paid. */
  readonly paid: ReadonlySet<number>;
  /** Events that the caller appends. */
  readonly events: readonly NewEvent[];
}

/** Pays what is due on these locked accounts, if their owners are known. */
export async function bookPayouts(
  tx: Tx,
  accounts: ReadonlyMap<string, Account>,
  openDay: BusinessDay,
  currency: string,
): Promise<BookedPayouts> {
  const payouts = await duePayouts(tx, [...accounts.values()], openDay);
  if (payouts.length === 0) return { paid: new Set(), events: [] };
  const booking = book(accounts, payouts, openDay);
  await insertBooking(tx, booking);
  return {
    paid: new Set(booking.lines.map(({ accountId }) => accountId)),
    events: eventsOf(booking, currency, (line) => payoutEvent(line, currency)),
  };
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
