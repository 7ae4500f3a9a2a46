/** Lists mails page by page, newest first (MAIL-1, MAIL-2). */
import { Op, type WhereOptions } from 'sequelize';
import type { ListQuery } from '#mixins/database/database.mixin.ts';
import type { Database } from '#mixins/database/database.ts';
import { isNameable, type Page, pageOf, placeIn, timeRangeIn } from '#mixins/lists.ts';
import type { ActionParams } from '#schemas/action.ts';
import type mailsAction from '#schemas/actions/mailer/mails.ts';
import { findNextAttempts } from './mail.store.ts';
import { mailboxOf } from './mail.ts';
import { type ListedMail, type MailView, requestKeyOf, viewMail } from './mail-view.ts';

type ListParams = ActionParams<typeof mailsAction>;

/** Throws `invalid_cursor`, and `validation_failed` for an invalid time or range. */
export function mailsQuery({ cursor, limit, ...params }: ListParams): ListQuery {
  const { status, recipient, template, reference } = params;
  const { from, before } = timeRangeIn(params);
  const conditions: WhereOptions[] = [];
  if (status !== undefined) conditions.push({ status });
  if (recipient !== undefined) conditions.push({ mailbox: mailboxOf(recipient) });
  if (template !== undefined) conditions.push({ template });
  if (reference !== undefined) conditions.push({ requestKey: requestKeyOf(reference) });
  if (from !== undefined) conditions.push({ requestedAt: { [Op.gte]: from } });
  if (before !== undefined) conditions.push({ requestedAt: { [Op.lt]: before } });
  if (cursor !== undefined) conditions.push(...behind(cursor));
  // The additional row shows whether there is a next page.
  return { query: { [Op.and]: conditions }, sort: ['-requestedAt', '-position'], limit: limit + 1 };
}

/** The conditions of the mails after a cursor. The first one alone lets an index begin there. */
function behind(cursor: string): WhereOptions[] {
  const [at, position] = placeIn(cursor, isNameable, isPosition);
  const requestedAt = new Date(at);
  return [
    { requestedAt: { [Op.lte]: requestedAt } },
    { [Op.or]: [{ requestedAt: { [Op.lt]: requestedAt } }, { position: { [Op.lt]: position } }] },
  ];
}

const isPosition = (value: unknown): value is number => Number.isSafeInteger(value);

/** `mails` has one more than the limit if there is a next page. */
export async function mailsPage(
  database: Database,
  mails: readonly ListedMail[],
  { limit }: ListParams,
): Promise<Page<MailView>> {
  const { items, nextCursor } = pageOf(mails, limit, (mail) => [mail.requestedAt.getTime(), mail.position]);
  const nextAttempts = await findNextAttempts(database, items);
  return { items: items.map((mail) => viewMail(mail, nextAttempts)), nextCursor };
}
