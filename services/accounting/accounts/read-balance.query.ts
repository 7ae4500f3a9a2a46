/** Reads the balance of an account at any time in the past (ACC-10). */
import type { Database } from '#mixins/database/database.ts';
import type { Actor } from '#mixins/identity/identity.ts';
import type { ActionParams } from '#schemas/action.ts';
import type balanceAction from '#schemas/actions/accounting/balance.ts';
import { invalidField, Problem } from '#schemas/errors.ts';
import { readBalanceAt } from './balance.store.ts';
import { ownerAskedFor } from './ownership.ts';

export interface BalanceAnswer {
  readonly userId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Minor units: the sum of everything booked by that time. */
  readonly balance: number;
}

/**
 * Throws `validation_failed` for an invalid or future time, and `forbidden` for another user's
 * account. Throws `not_found` for a user that no event and no posting has named.
 */
export async function readBalance(
  database: Database,
  actor: Actor,
  params: ActionParams<typeof balanceAction>,
): Promise<BalanceAnswer> {
  const at = params.at === undefined ? null : instantOf(params.at);
  const userId = ownerAskedFor(actor, params.userId);
  const { known, balance, now } = await readBalanceAt(database, userId, at);
  if (at !== null && at > now) refuse('past', `${params.at} is in the future`);
  // The caller exists, even if the copy of users does not contain them yet.
  if (!known && userId !== actor.userId) throw new Problem('not_found');
  return { userId, at: (at ?? now).toISOString(), balance };
}

function instantOf(text: string): Date {
  const instant = new Date(text);
  // The parser turns a date that does not exist into a later one: 30 February becomes 2 March.
  const day = Number(text.slice(8, 10));
  const rolled = new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDate() !== day;
  if (Number.isNaN(instant.getTime()) || rolled) refuse('date', `${text} is not a valid time`);
  return instant;
}

function refuse(code: string, message: string): never {
  throw invalidField({ field: 'at', code, message });
}
