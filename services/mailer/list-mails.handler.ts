/** Lists mails, the newest first, page by page (MAIL-1, MAIL-2). */
import { Op, type WhereOptions } from 'sequelize';
import { decodeCursor, type Page, pageOf } from '../../mixins/lists.ts';
import type { ActionParams } from '../../schemas/action.ts';
import type mailsAction from '../../schemas/actions/mailer/mails.ts';
import { Problem } from '../../schemas/errors.ts';
import { mailboxOf } from './mail.ts';
import type { ListedMail, MailModel } from './mailer.models.ts';

export interface MailView {
  readonly id: string;
  readonly status: ListedMail['status'];
  readonly template: string | null;
  readonly recipient: string;
  readonly subject: string;
  readonly requestedAt: string;
  readonly sentAt: string | null;
  /** Of a failed mail: why. Of a queued one: why the last attempt did not succeed. */
  readonly reason: string | null;
}

/** Throws `invalid_cursor`. */
export async function listMails(
  model: MailModel,
  params: ActionParams<typeof mailsAction>,
): Promise<Page<MailView>> {
  const { status, recipient, cursor, limit } = params;
  const conditions: WhereOptions[] = [];
  if (status !== undefined) conditions.push({ status });
  if (recipient !== undefined) conditions.push({ mailbox: mailboxOf(recipient) });
  if (cursor !== undefined) conditions.push({ position: { [Op.lt]: positionOf(cursor) } });
  const rows = await model.findAll({
    where: { [Op.and]: conditions },
    order: [['position', 'DESC']],
    limit: limit + 1,
  });
  const mails = rows.map((row) => row.get({ plain: true }));
  return pageOf(mails, limit, viewMail, ({ position }) => [position]);
}

/** The position that a page ended at; throws `invalid_cursor`. */
function positionOf(cursor: string): number {
  const [position, ...more] = decodeCursor(cursor);
  if (!Number.isSafeInteger(position) || more.length > 0) throw new Problem('invalid_cursor');
  return Number(position);
}

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
