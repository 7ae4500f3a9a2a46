/** How the queue of mails is, for `npm run status`. */
import type { Database } from '#mixins/database/database.ts';
import { type Condition, durationText } from '#mixins/status/condition.ts';
import type { MailStats } from '#schemas/answers/system.ts';
import { countMails } from './count-mails.query.ts';

/** As in the alert AtesMailsWait, in seconds. */
const SENT_WITHIN_SECONDS = 1_800;

export async function conditionOfMails(database: Database): Promise<Condition> {
  const { queued, failed, oldestQueuedAt } = await countMails(database);
  const age = oldestQueuedAt === null ? 0 : (Date.now() - Date.parse(oldestQueuedAt)) / 1_000;
  const isLate = age > SENT_WITHIN_SECONDS;
  return {
    troubles: isLate
      ? [`A mail has waited ${durationText(age)} to be sent; ${text(queued)} wait. See: loops mailer`]
      : [],
    figures: { 'mails queued': text(queued), 'mails given up': text(failed) },
  };
}

function text({ count, capped }: MailStats['queued']): string {
  return capped ? `more than ${count}` : String(count);
}
