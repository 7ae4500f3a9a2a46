/** Tells that a balance changed (ACC-9). */
import { type NewEvent, newEvent } from '../../mixins/outbox/event.ts';
import { balanceChanged } from '../../schemas/events/accounting/balance-changed.v1.ts';
import { aggregateIdOf, type ChangedAccount } from './journal.ts';

/** The newest balance of an account that a batch changed, once. */
export function balanceEvent(account: ChangedAccount, currency: string): NewEvent {
  const { owner, balance } = account;
  const data = { ownerType: owner.type, ownerId: owner.id, balance, currency };
  return newEvent(balanceChanged, aggregateIdOf(owner), account.balanceVersion, data, account.cause);
}
