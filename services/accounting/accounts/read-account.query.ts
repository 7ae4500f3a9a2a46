/** Shows accounts: their balances, now and in the past, and their lines (ACC-3, ACC-10). */
import type { Database } from '#mixins/database/database.ts';
import type { Actor } from '#mixins/identity/identity.ts';
import { encodeCursor, type Page, pageOf } from '#mixins/lists.ts';
import type { ActionAnswer, ActionParams } from '#schemas/action.ts';
import type accountAction from '#schemas/actions/accounting/account.ts';
import type accountsAction from '#schemas/actions/accounting/accounts.ts';
import type balanceAction from '#schemas/actions/accounting/balance.ts';
import type statementAction from '#schemas/actions/accounting/statement.ts';
import type summaryAction from '#schemas/actions/accounting/summary.ts';
import { invalidField, Problem } from '#schemas/errors.ts';
import type { Config } from '../../../config.ts';
import { askedDays } from '../days/asked-days.query.ts';
import { type AccountItem, accountPlace, placeOf } from './account-list.ts';
import { ownerAskedFor } from './ownership.ts';
import {
  isNamed,
  lineOf,
  readAccountFigures,
  readAccounts,
  readBalanceAt,
  readLines,
} from './statement.store.ts';
import { dayRange, type StatementLine, statementPlace } from './statement.ts';
import { readSums } from './summary.store.ts';

/**
 * Throws `forbidden` for another user's account, and `not_found` for a user that no event and no
 * posting has named.
 */
export async function readAccount(
  database: Database,
  config: Config,
  actor: Actor,
  meOrId: string,
): Promise<ActionAnswer<typeof accountAction>> {
  const userId = ownerAskedFor(actor, meOrId);
  const { known, balance, charged, earned } = await readAccountFigures(database, userId);
  // The caller exists, even if the copy of users does not contain them yet.
  if (!known && userId !== actor.userId) throw new Problem('not_found');
  return { userId, balance, currency: config.currency, today: { charged, earned, net: earned - charged } };
}

/** Throws `validation_failed`, `invalid_cursor`, `forbidden` or `not_found`. */
export async function readStatement(
  database: Database,
  actor: Actor,
  params: ActionParams<typeof statementAction>,
): Promise<Page<StatementLine>> {
  const range = dayRange(params.from, params.to);
  const place = params.cursor === undefined ? null : statementPlace(params.cursor);
  const userId = ownerAskedFor(actor, params.userId);
  // The caller exists, even if the copy of users does not contain them yet.
  if (userId !== actor.userId && !(await isNamed(database, userId))) throw new Problem('not_found');
  const lines = { userId, range, place, kind: params.kind ?? null };
  const { rows, reach } = await readLines(database, lines, params.limit + 1);
  const page = pageOf(rows, params.limit, (row) => [row.businessDay, row.accountSequence]);
  const items = page.items.map(lineOf);
  return { items, nextCursor: page.nextCursor ?? (reach === null ? null : encodeCursor(reach)) };
}

/** Throws `validation_failed`, `forbidden` or `not_found`. */
export async function readSummary(
  database: Database,
  actor: Actor,
  params: ActionParams<typeof summaryAction>,
): Promise<Omit<ActionAnswer<typeof summaryAction>, 'currency'>> {
  const range = await askedDays(database, params);
  const userId = ownerAskedFor(actor, params.userId);
  // The caller exists, even if the copy of users does not contain them yet.
  if (userId !== actor.userId && !(await isNamed(database, userId))) throw new Problem('not_found');
  if (range === null) throw new Problem('service_unavailable', 'No business day has been opened yet');
  // A range that begins after the open day has no lines yet.
  const days = range.from <= range.to ? range : { ...range, to: range.from };
  return { userId, ...days, ...(await readSums(database, userId, days)) };
}

/**
 * Throws `validation_failed` for an invalid or future time, and `forbidden` for another user's
 * account. Throws `not_found` for a user that no event and no posting has named.
 */
export async function readBalance(
  database: Database,
  actor: Actor,
  params: ActionParams<typeof balanceAction>,
): Promise<Omit<ActionAnswer<typeof balanceAction>, 'currency'>> {
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

/** Throws `invalid_cursor`, also for a cursor of another order. */
export async function listAccounts(
  database: Database,
  params: ActionParams<typeof accountsAction>,
): Promise<Page<AccountItem>> {
  const { sort, cursor, limit } = params;
  const place = cursor === undefined ? null : accountPlace(sort, cursor);
  const rows = await readAccounts(database, params, place, limit + 1);
  return pageOf(rows, limit, (account) => placeOf(sort, account));
}
