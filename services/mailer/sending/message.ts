/** The transmitted form of a mail: envelope and bytes. Pure. */
import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { encodeWord, foldLines, quoteString } from 'nodemailer/lib/mime-funcs';
import { asciiDomainForm, type Mailbox, mailboxFrom } from '#schemas/email-address.ts';
import type { OutgoingMail } from '../mails/mail.ts';

export interface Message {
  readonly envelope: { readonly from: string; readonly to: string[]; readonly size: number };
  readonly bytes: Buffer;
}

/** Maximum length of an encoded word with its frame. RFC 2047 allows 75. */
const MAX_WORD_LENGTH = 52;
const LINE_END = '\r\n';

/**
 * `from` is the sender's address, or name and address. Throws for a mail that cannot be composed.
 *
 * This function writes the headers that contain people's text. Nodemailer leaves text alone that
 * looks like an encoded word, and quotes such names; many readers decode them all the same. It
 * would also treat a comma in the sender's name as the end of an address.
 */
export async function composeMessage(mail: OutgoingMail, from: string): Promise<Message> {
  const { recipient, recipientName, subject, text, html, messageId, requestedAt } = mail;
  const sender = mailboxFrom(from);
  if (sender === undefined) throw new TypeError('The sender is not an e-mail address');
  const to = { name: recipientName ?? '', address: recipient };
  const composer = new MailComposer({
    text,
    html,
    messageId,
    // The content does not depend on the time or number of attempts. So a mail that was sent twice
    // is identical byte by byte.
    date: requestedAt,
    baseBoundary: createHash('sha256').update(messageId).digest('hex').slice(0, 24),
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const headers = [
    headerLine('From', mailboxText(sender)),
    headerLine('To', mailboxText(to)),
    headerLine('Subject', headerText(subject)),
  ].join('');
  const bytes = Buffer.concat([Buffer.from(headers), await composer.compile().build()]);
  const envelope = { from: asciiDomainForm(sender.address), to: [asciiDomainForm(recipient)] };
  return { envelope: { ...envelope, size: bytes.length }, bytes };
}

const headerLine = (name: string, value: string): string => foldLines(`${name}: ${value}`) + LINE_END;

function mailboxText({ name, address }: Mailbox): string {
  const form = asciiDomainForm(address);
  if (name === '') return form;
  const text = headerText(name);
  // An atom and encoded words need no quotes. Other ASCII text does.
  const phrase = text === name && !/^[\w ]*$/.test(name) ? quoteString(name) : text;
  return `${phrase} <${form}>`;
}

/**
 * Text for a header. It is put into encoded words (RFC 2047) unless it is printable ASCII that
 * cannot be mistaken for one.
 */
function headerText(text: string): string {
  return /^[\x20-\x7E]*$/.test(text) && !text.includes('=?') ? text : encodeWord(text, 'B', MAX_WORD_LENGTH);
}
