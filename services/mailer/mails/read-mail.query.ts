/** Reads a mail with its text (MAIL-1). */
import { type Database, lookUp } from '#mixins/database/database.ts';
import type { ActionAnswer } from '#schemas/action.ts';
import type mailAction from '#schemas/actions/mailer/mail.ts';
import { Problem } from '#schemas/errors.ts';
import { findMail, findNextAttempts } from './mail.store.ts';
import { viewMail } from './mail-view.ts';

/** Throws `not_found`. */
export async function readMail(database: Database, id: string): Promise<ActionAnswer<typeof mailAction>> {
  const mail = await lookUp(database, (reader) => findMail(reader, id));
  if (mail === undefined) throw new Problem('not_found');
  return { ...viewMail(mail, await findNextAttempts(database, [mail])), text: mail.text };
}
