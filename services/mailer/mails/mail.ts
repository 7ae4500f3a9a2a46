/** A mail: what it is made of, what is right and wrong with it, and when it is tried again. Pure. */
import { createHash } from 'node:crypto';
import { backOff } from '#mixins/back-off.ts';
import { inOneLine } from '#schemas/characters.ts';
import { asciiDomainForm, emailForm, mailboxFrom } from '#schemas/email-address.ts';
import type { Envelope } from '#schemas/envelope.ts';
import { truncate } from '#schemas/text.ts';

/** Where a mail comes from, for the events that tell of its end. */
export interface MailCause {
  readonly correlationId: string;
  /** The id of the event that asked for it. */
  readonly eventId: string;
  readonly traceparent: string | null;
}

/** What a mail keeps of the event that it comes from. */
export function causeOfMail({
  id,
  correlationId,
  traceparent,
}: Pick<Envelope, 'id' | 'correlationId' | 'traceparent'>): MailCause {
  return { eventId: id, correlationId, traceparent };
}

interface MailFacts extends MailCause {
  /** Mailed once for each key, for ever. */
  readonly requestKey: string;
  readonly recipient: string;
  readonly recipientName: string | null;
  readonly template: string | null;
  readonly subject: string;
  readonly requestedAt: Date;
}

/** A mail as it enters the queue, or its history. */
export type NewMail = MailFacts &
  (
    | { readonly status: 'queued'; readonly text: string; readonly html: string }
    | { readonly status: 'failed'; readonly reason: string }
  );

/** A mail whose turn it is. */
export interface OutgoingMail extends MailFacts {
  readonly id: string;
  readonly mailbox: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
}

export interface ClaimLimits {
  readonly most: number;
  /** How many of them may be mailboxes whose last attempt failed, or left no trace. */
  readonly mostFailing: number;
}

export interface ClaimedMail extends OutgoingMail {
  /** Of its mailbox, for this one attempt: nobody else has it, nor has this node for its next mail. */
  readonly lease: string;
  /** Whether the attempt before failed, or left no trace: this one may be slow as well. */
  readonly failing: boolean;
  /** Whether the lease before ended by itself: its node died, or lost the database. */
  readonly abandoned: boolean;
}

/** A mail as far as its end needs it. */
export type EndingMail = Omit<OutgoingMail, 'recipientName' | 'requestedAt' | 'text' | 'html'>;

/** What came of an attempt. */
export type Outcome =
  | { readonly kind: 'sent' }
  /** For good: nobody will try again. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** This mail, or mailbox, has to wait. */
  | { readonly kind: 'deferred'; readonly reason: string }
  /** The server can't be used at all: it is not this mail's fault. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Whose mails leave in order. Only few servers tell `Pip@` from `pip@`, and to keep an order among both harms nobody. */
export function mailboxOf(recipient: string): string {
  return emailForm(recipient).toLowerCase();
}

/**
 * The same for the same request, whoever sends it and however often, so that a mail which was sent twice (the server took it, and the
 * node died before it wrote that down) is recognisable as one. `from` is the sender's address or name and address.
 */
export function messageIdOf(namespace: string, requestKey: string, from: string): string {
  const digest = createHash('sha256').update(`${namespace}\n${requestKey}`).digest('hex').slice(0, 32);
  const domain = asciiDomainForm(mailboxFrom(from)?.address ?? '').split('@')[1] || 'localhost';
  return `<${digest}@${domain}>`;
}

/** Code points kept of what a server or a request says. */
const MAX_SHOWN_LENGTH = 500;

/**
 * Text from elsewhere in one line, without characters that are controls or change the direction,
 * bounded.
 */
export function shown(text: string, max = MAX_SHOWN_LENGTH): string {
  return truncate(inOneLine(text), max);
}

const FIRST_BACK_OFF_MS = 1_000;
const MAX_BACK_OFF_MS = 300_000;

/** The pause after so many failures in a row (1 or more), in milliseconds: a second, doubling up to five minutes. */
export function backOffMs(failures: number): number {
  return backOff(failures, FIRST_BACK_OFF_MS, MAX_BACK_OFF_MS);
}
