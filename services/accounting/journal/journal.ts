/**
 * The rules of the journal (design §5): a posting is a transaction of two entries that sum to zero, one on its owner's account and
 * one against it. An owner's entries are numbered without gaps and each tells the balance after it.
 */
import type { BusinessDay } from '#mixins/calendar.ts';
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { Cause } from '#schemas/envelope.ts';
import { balanceChanged } from '#schemas/events/accounting/balance-changed.v1.ts';

/** Whose account: `employee` and their user id, for one. */
export interface Owner {
  readonly type: string;
  readonly id: string;
}

/** The owners whose pay this is about; the ledger itself knows any type. */
export const EMPLOYEE = 'employee';

/**
 * The company's account, the other side of fees and rewards. It has no balance row: every posting would have to update it, and it
 * would be the limit of the whole system. Its figures are derived by day.
 */
export const COMPANY_ACCOUNT = 1;

/** The bank's account, the other side of payouts; without a balance row likewise. */
export const BANK_ACCOUNT = 2;

/** What a posting is about. */
export interface Reference {
  readonly type: string;
  readonly id: string;
  readonly title: string;
  readonly externalId: string | null;
}

/** A posting to be made. */
export interface Posting {
  /** Public id; a UUID. */
  readonly id: string;
  /** The business key: the same posting is made once, for ever. */
  readonly key: string;
  readonly kind: string;
  readonly owner: Owner;
  /** Minor units, signed for the owner; zero where the price is. */
  readonly amount: number;
  /** The account on the other side. */
  readonly counterAccountId: number;
  readonly reference: Reference | null;
  readonly occurredAt: Date;
  /** The ended day that it belongs to, for a payout; null: to the open one. */
  readonly endedDay: BusinessDay | null;
  readonly note: string | null;
  /** Who posted it by hand. */
  readonly by: { readonly id: string; readonly name: string } | null;
  readonly cause: Cause;
}

/** An account under its lock. */
export interface Account {
  readonly id: number;
  readonly owner: Owner;
  readonly balance: number;
  /** How many entries it has: the version of the aggregate `account`. */
  readonly entryCount: number;
  /** How often a new balance was announced: the version of the aggregate `balance`. */
  readonly balanceVersion: number;
  /** The business day of its newest line; null without any. */
  readonly lastDay: BusinessDay | null;
}

/** A posting with its place in its owner's account. */
export interface Line<P extends Posting = Posting> {
  readonly posting: P;
  readonly accountId: number;
  readonly businessDay: BusinessDay;
  /** 1, 2, 3 … without gaps. */
  readonly accountSequence: number;
  readonly balanceAfter: number;
}

/** An account after a batch, and what caused its newest line. */
export interface ChangedAccount extends Account {
  readonly cause: Cause;
}

export interface Booking<P extends Posting = Posting> {
  readonly lines: readonly Line<P>[];
  /** In order of their first line; `balanceVersion` rose by one, however many lines there are. */
  readonly accounts: readonly ChangedAccount[];
}

export const ownerKey = (owner: Owner): string => `${owner.type}/${owner.id}`;

/** The id of the aggregates `account` and `balance`; an employee's is their user id, which no other owner's can be taken for. */
export const aggregateIdOf = ({ type, id }: Owner): string => (type === EMPLOYEE ? id : `${type}:${id}`);

/** The postings whose keys are not in the journal, each key once. */
export function unbooked<P extends Posting>(postings: readonly P[], booked: ReadonlySet<string>): P[] {
  const fresh = new Map<string, P>();
  for (const posting of postings) {
    if (!booked.has(posting.key) && !fresh.has(posting.key)) fresh.set(posting.key, posting);
  }
  return [...fresh.values()];
}

/** Numbers the postings in their accounts. Every owner must be among the accounts, by `ownerKey`. */
export function book<P extends Posting>(
  accounts: ReadonlyMap<string, Account>,
  postings: readonly P[],
  openDay: BusinessDay,
): Booking<P> {
  const changed = new Map<string, ChangedAccount>();
  const lines = postings.map((posting) => {
    const key = ownerKey(posting.owner);
    const before = changed.get(key) ?? opened(accounts.get(key), key);
    const balance = checked(before.balance + checked(posting.amount));
    const accountSequence = before.entryCount + 1;
    const lastDay = posting.endedDay ?? openDay;
    changed.set(key, { ...before, balance, entryCount: accountSequence, lastDay, cause: posting.cause });
    return { posting, accountId: before.id, businessDay: lastDay, accountSequence, balanceAfter: balance };
  });
  return { lines, accounts: [...changed.values()] };
}

function opened(account: Account | undefined, key: string): Account {
  if (account === undefined) throw new Error(`There is no account of ${key} to post to`);
  return { ...account, balanceVersion: account.balanceVersion + 1 };
}

/** Beyond the safe integers a sum would be rounded silently. */
function checked(amount: number): number {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`${amount} is no amount in minor units`);
  return amount;
}

/**
 * The event of a changed balance (ACC-9): the newest one of an account that a batch changed, once.
 */
export function balanceEvent(account: ChangedAccount, currency: string): NewEvent {
  const { owner, balance } = account;
  const data = { ownerType: owner.type, ownerId: owner.id, balance, currency };
  return newEvent(balanceChanged, aggregateIdOf(owner), account.balanceVersion, data, account.cause);
}
