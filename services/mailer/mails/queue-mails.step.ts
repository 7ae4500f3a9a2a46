/**
 * Adds composed mails to the queue, or to the history as failed, in the transaction that composed
 * them (MAIL-1).
 */
import type { Tx } from '#mixins/database/database.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { ComposeSettings } from './compose.ts';
import { addMails } from './mail.store.ts';
import { messageIdOf, type NewMail } from './mail.ts';
import { failedEvent } from './mail-events.ts';
import { mailsQueued } from './signals.ts';

/** Leaves out mails whose keys exist already (MAIL-3). */
export async function queueMails(
  tx: Tx,
  mails: readonly NewMail[],
  { namespace, mailFrom }: ComposeSettings,
): Promise<void> {
  const added = await addMails(tx, mails, (key) => messageIdOf(namespace, key, mailFrom));
  const ended = { at: new Date(), version: 1 };
  await appendEvents(
    tx,
    added.flatMap(({ id, mail }) =>
      mail.status === 'failed' ? [failedEvent({ ...mail, id }, mail.reason, ended)] : [],
    ),
  );
  if (added.some(({ mail }) => mail.status === 'queued')) mailsQueued.sendAfterCommit(tx);
}
