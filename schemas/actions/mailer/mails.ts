import { defineAction } from '#schemas/action.ts';
import { line, optional, page } from '#schemas/params.ts';

/** Longer than any address that SMTP knows: refused requests keep what was given for one. */
const MAX_RECIPIENT_LENGTH = 320;

/** MAIL-1, MAIL-2: what was asked for and what became of it. Refused with `invalid_cursor`. */
export default defineAction({
  action: 'mailer.mails',
  route: 'GET /mails',
  access: ['admin'],
  status: 200,
  summary: 'Lists mails, the newest first, filtered by status and recipient (an address, whatever its case).',
  params: {
    $$strict: true,
    ...page,
    status: { type: 'enum', values: ['queued', 'sent', 'failed'], optional: true },
    recipient: optional(line(1, MAX_RECIPIENT_LENGTH)),
  },
});
