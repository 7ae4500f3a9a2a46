/** A mail as it is transmitted: envelope and bytes. Pure. */
import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { OutgoingMail } from './mail.ts';

export interface Message {
  readonly envelope: { readonly from: string; readonly to: string[]; readonly size: number };
  readonly bytes: Buffer;
}

/** `from` is the sender's address or name and address. Throws for a mail that can't be composed. */
export async function composeMessage(mail: OutgoingMail, from: string): Promise<Message> {
  const { recipient, recipientName, subject, text, html, messageId, requestedAt } = mail;
  const composer = new MailComposer({
    from,
    to: { name: recipientName ?? '', address: recipient },
    subject,
    text,
    html,
    messageId,
    // Nothing in it depends on when, or how often, it is sent: a mail that went twice is the same one byte by byte.
    date: requestedAt,
    baseBoundary: createHash('sha256').update(messageId).digest('hex').slice(0, 24),
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const node = composer.compile();
  const bytes = await node.build();
  const envelope = node.getEnvelope();
  return { envelope: { from: envelope.from || '', to: envelope.to, size: bytes.length }, bytes };
}
