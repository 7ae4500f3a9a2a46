/** Shows accounts: their balances, now and in the past, and their lines (ACC-3, ACC-10). */
import type { Database } from '#mixins/database/database.ts';
import type { Actor } from '#mixins/identity/identity.ts';
import { isId, type Page, pageOf, placeIn } from '#mixins/lists.ts';
import type { ActionAnswer, ActionParams } from '#schemas/action.ts';
import type accountAction from '#schemas/actions/accounting/account.ts';
import type accountsAction from '#schemas/actions/accounting/accounts.ts';
import type balanceAction from '#schemas/actions/accounting/balance.ts';
import type statementAction from '#schemas/actions/accounting/statement.ts';
import { invalidField, Problem } from '#schemas/errors.ts';
import type { Config } from '../../../config.ts';
import { ownerAskedFor } from './ownership.ts';
import {
  type AccountItem,
  isNamed,
  lineOf,
  readAccountFigures,
  readAccounts,
  readBalanceAt,
  readLines,
} from './statement.store.ts';
import { dayRange, type StatementLine, statementPlace } from './statement.ts';

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
  const rows = await readLines(database, userId, range, place, params.limit + 1);
  const page = pageOf(rows, params.limit, (row) => [row.businessDay, row.accountSequence]);
  return { ...page, items: page.items.map(lineOf) };
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

const isName = (name: unknown): name is string => typeof name === 'string' && !name.includes('\0');

/** Throws `invalid_cursor`. */
export async function listAccounts(
  database: Database,
  params: ActionParams<typeof accountsAction>,
): Promise<Page<AccountItem>> {
  const place = params.cursor === undefined ? null : placeIn(params.cursor, isName, isId);
  const rows = await readAccounts(database, params, place, params.limit + 1);
  return pageOf(rows, params.limit, ({ name, userId }) => [name, userId]);
}
