import { defineAction } from '#schemas/action.ts';
import { mail } from '#schemas/answers/mail.ts';
import { list } from '#schemas/answers.ts';
import { dayOrTime, line, optional, page } from '#schemas/params.ts';

/** Longer than any SMTP address, because failed requests store invalid addresses too. */
const MAX_RECIPIENT_LENGTH = 320;
const UUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

/**
 * MAIL-1, MAIL-2. The requested mails and their outcomes. The range of times of request includes
 * `from` and excludes `to`. Refused with `invalid_cursor`, and with `validation_failed` for an
 * invalid time or a range that ends before it begins.
 */
export default defineAction({
  action: 'mailer.mails',
  route: 'GET /mails',
  access: ['admin'],
  summary:
    'Lists mails, newest first, filtered by status, recipient (an address, in any case), template, reference and time of request.',
  details:
    '`reference` names a payout as `payout/<payout id>`, a requested mail as `request/<id>`, and the digest of a shuffle for a user as `digest/<shuffle id>:<user id>`.',
  params: {
    ...page,
    status: { type: 'enum', values: ['queued', 'sent', 'failed'], optional: true },
    recipient: optional(line(1, MAX_RECIPIENT_LENGTH)),
    template: optional(line(1, 100, 'payout')),
    reference: {
      type: 'string',
      pattern: new RegExp(`^(?:(?:payout|request)/${UUID}|digest/${UUID}:${UUID})$`),
      expects: 'payout/<UUID>, request/<UUID> or digest/<UUID>:<UUID>',
      example: 'payout/0195a000-0000-7000-8000-000000000001',
      optional: true,
    },
    from: optional(dayOrTime()),
    to: optional(dayOrTime()),
  },
  answer: list(mail),
});
