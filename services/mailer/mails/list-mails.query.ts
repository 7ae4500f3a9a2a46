/** Lists mails page by page, newest first (MAIL-1, MAIL-2). */
import { Op, type WhereOptions } from 'sequelize';
import type { ListQuery } from '#mixins/database/database.mixin.ts';
import { type Page, pageOf, placeIn } from '#mixins/lists.ts';
import type { ActionItem, ActionParams } from '#schemas/action.ts';
import type mailsAction from '#schemas/actions/mailer/mails.ts';
import type { ListedMail } from '../mailer.models.ts';
import { mailboxOf } from './mail.ts';

export type MailView = ActionItem<typeof mailsAction>;

type ListParams = ActionParams<typeof mailsAction>;

/** Throws `invalid_cursor`. */
export function mailsQuery({ status, recipient, cursor, limit }: ListParams): ListQuery {
  const conditions: WhereOptions[] = [];
  if (status !== undefined) conditions.push({ status });
  if (recipient !== undefined) conditions.push({ mailbox: mailboxOf(recipient) });
  if (cursor !== undefined) {
    const [position] = placeIn(cursor, isPosition);
    conditions.push({ position: { [Op.lt]: position } });
  }
  // The additional row shows whether there is a next page.
  return { query: { [Op.and]: conditions }, sort: ['-position'], limit: limit + 1 };
}

export function mailsPage(mails: readonly ListedMail[], { limit }: ListParams): Page<MailView> {
  const page = pageOf(mails, limit, ({ position }) => [position]);
  return { ...page, items: page.items.map(viewMail) };
}

const isPosition = (value: unknown): value is number => Number.isSafeInteger(value);

function viewMail(mail: ListedMail): MailView {
  const { id, status, template, recipient, subject, reason } = mail;
  return {
    id,
    status,
    template,
    recipient,
    subject,
    requestedAt: mail.requestedAt.toISOString(),
    sentAt: mail.sentAt?.toISOString() ?? null,
    reason,
  };
}
