/**
 * The rules of the journal (ACC-7). A posting is a transaction of two entries that sum to zero: one
 * on its owner's account, one on the counter account. An owner's entries are numbered without gaps,
 * and each has the balance after it.
 */
import type { BusinessDay } from '#mixins/calendar.ts';
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { Cause } from '#schemas/envelope.ts';
import { balanceChanged } from '#schemas/events/accounting/balance-changed.v1.ts';

/** The owner of an account: for example `employee` and their user id. */
export interface Owner {
  readonly type: string;
  readonly id: string;
}

/** The owners that are paid. The ledger itself accepts any type. */
export const EMPLOYEE = 'employee';

/**
 * The company's account, against which fees and rewards are posted. It has no balance row, because
 * every posting would have to update it, which would limit the whole system. Its figures are
 * derived by day.
 */
export const COMPANY_ACCOUNT = 1;

/** The bank's account, against which payouts are posted. It has no balance row either. */
export const BANK_ACCOUNT = 2;

/** The subject of a posting. */
export interface Reference {
  readonly type: string;
  readonly id: string;
  readonly title: string;
  readonly externalId: string | null;
}

/** A posting to book. */
export interface Posting {
  /** Public id; a UUID. */
  readonly id: string;
  /** The business key. A posting is booked once under it, for ever. */
  readonly key: string;
  readonly kind: string;
  readonly owner: Owner;
  /** Minor units, signed for the owner. Zero if the price is zero. */
  readonly amount: number;
  /** The account of the other entry. */
  readonly counterAccountId: number;
  readonly reference: Reference | null;
  readonly occurredAt: Date;
  /** For a payout, the ended day that it belongs to. Null means the open day. */
  readonly endedDay: BusinessDay | null;
  readonly note: string | null;
  /** Who posted it by hand. */
  readonly by: { readonly id: string; readonly name: string } | null;
  readonly cause: Cause;
}

/** A locked account. */
export interface Account {
  readonly id: number;
  readonly owner: Owner;
  readonly balance: number;
  /** The number of entries: the version of the aggregate `account`. */
  readonly entryCount: number;
  /** The number of published balances: the version of the aggregate `balance`. */
  readonly balanceVersion: number;
  /** The business day of its newest line; null without lines. */
  readonly lastDay: BusinessDay | null;
}

/** A posting with its number in its owner's account. */
export interface Line<P extends Posting = Posting> {
  readonly posting: P;
  readonly accountId: number;
  readonly businessDay: BusinessDay;
  /** 1, 2, 3 … without gaps. */
  readonly accountSequence: number;
  readonly balanceAfter: number;
}

/** An account after a batch, and the cause of its newest line. */
export interface ChangedAccount extends Account {
  readonly cause: Cause;
}

export interface Booking<P extends Posting = Posting> {
  readonly lines: readonly Line<P>[];
  /** In order of their first line. `balanceVersion` rose by one, whatever the number of lines. */
  readonly accounts: readonly ChangedAccount[];
}

export const ownerKey = (owner: Owner): string => `${owner.type}/${owner.id}`;

/**
 * The id of the aggregates `account` and `balance`. For an employee it is the user id. Ids of other
 * owners contain a colon, so they cannot equal it.
 */
export const aggregateIdOf = ({ type, id }: Owner): string => (type === EMPLOYEE ? id : `${type}:${id}`);

/** The postings whose keys are not in the journal, each key once. */
export function unbooked<P extends Posting>(postings: readonly P[], booked: ReadonlySet<string>): P[] {
  const fresh = new Map<string, P>();
  for (const posting of postings) {
    if (!booked.has(posting.key) && !fresh.has(posting.key)) fresh.set(posting.key, posting);
  }
  return [...fresh.values()];
}

/**
 * Numbers the postings in their accounts. The accounts, by `ownerKey`, must include every owner.
 */
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

/** A sum beyond the safe integers would be rounded silently. */
function checked(amount: number): number {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`${amount} is not an amount in minor units`);
  return amount;
}

/**
 * The event of a changed balance (ACC-9). A batch publishes only the newest balance of an account.
 */
export function balanceEvent(account: ChangedAccount, currency: string): NewEvent {
  const { owner, balance } = account;
  const data = { ownerType: owner.type, ownerId: owner.id, balance, currency };
  return newEvent(balanceChanged, aggregateIdOf(owner), account.balanceVersion, data, account.cause);
}
