/** A mail as it is transmitted: envelope and bytes. Pure. */
import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { encodeWord, foldLines, quoteString } from 'nodemailer/lib/mime-funcs';
import { asciiDomainForm, type Mailbox, mailboxFrom } from '#schemas/email-address.ts';
import type { OutgoingMail } from '../mails/mail.ts';

export interface Message {
  readonly envelope: { readonly from: string; readonly to: string[]; readonly size: number };
  readonly bytes: Buffer;
}

/** Of an encoded word with its frame; RFC 2047 allows 75. */
const MAX_WORD_LENGTH = 52;
const LINE_END = '\r\n';

/**
 * `from` is the sender's address or name and address. Throws for a mail that can't be composed.
 *
 * The headers with text of people are written here. Nodemailer leaves text alone that looks like an encoded word, and quotes such names,
 * which many readers decode all the same; it would also take a comma in the sender's name for the end of an address.
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
    // Nothing in it depends on when, or how often, it is sent: a mail that went twice is the same one byte by byte.
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
  // An atom, or encoded words, as they are; other text of ASCII is quoted.
  const phrase = text === name && !/^[\w ]*$/.test(name) ? quoteString(name) : text;
  return `${phrase} <${form}>`;
}

/** Text as a header may hold it: in encoded words (RFC 2047) unless it is printable ASCII that no reader could take for one. */
function headerText(text: string): string {
  return /^[\x20-\x7E]*$/.test(text) && !text.includes('=?') ? text : encodeWord(text, 'B', MAX_WORD_LENGTH);
}
