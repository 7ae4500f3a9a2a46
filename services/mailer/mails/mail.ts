/** A mail: its data, its keys, and its back-off. Pure. */
import { createHash } from 'node:crypto';
import { backOff } from '#mixins/back-off.ts';
import { inOneLine } from '#schemas/characters.ts';
import { asciiDomainForm, emailForm, isEmailAddress, mailboxFrom } from '#schemas/email-address.ts';
import type { Envelope } from '#schemas/envelope.ts';
import { truncate } from '#schemas/text.ts';

/** The origin of a mail, for the events of its end. */
export interface MailCause {
  readonly correlationId: string;
  /** The id of the event that requested it. */
  readonly eventId: string;
  readonly traceparent: string | null;
}

/** The parts of an event that its mail stores. */
export function causeOfMail({
  id,
  correlationId,
  traceparent,
}: Pick<Envelope, 'id' | 'correlationId' | 'traceparent'>): MailCause {
  return { eventId: id, correlationId, traceparent };
}

interface MailFacts extends MailCause {
  /** One mail is sent for each key, for ever. */
  readonly requestKey: string;
  readonly recipient: string;
  readonly recipientName: string | null;
  readonly template: string | null;
  readonly subject: string;
  readonly requestedAt: Date;
  /** The secret that replaces the mask (`SECRET_MASK`), encrypted; null in a mail without one. */
  readonly sealed: string | null;
}

/** A mail that enters the queue, or the history if it has failed already. */
export type NewMail = MailFacts & {
  /** The user whom it is for; null if its request named an address. */
  readonly userId: string | null;
} & (
    | { readonly status: 'queued'; readonly text: string; readonly html: string }
    | { readonly status: 'failed'; readonly reason: string }
  );

/** A mail to send. */
export interface OutgoingMail extends MailFacts {
  readonly id: string;
  readonly mailbox: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
}

export interface ClaimLimits {
  readonly most: number;
  /** How many of them may be mailboxes whose last attempt failed, in whatever way. */
  readonly mostFailing: number;
  /** How many of the failing ones may be slow. */
  readonly mostSlow: number;
  /** How many of the failing ones may be abandoned. */
  readonly mostAbandoned: number;
}

/**
 * How the last attempt at a mailbox failed. `slow`: it freed its lane before it failed.
 * `abandoned`: its lease expired, because its node died or lost the database.
 */
export type LastFailure = 'none' | 'refused' | 'slow' | 'abandoned';

export interface ClaimedMail extends OutgoingMail {
  /**
   * The lease of the mailbox for this one attempt. No other node has it, and the node's next mail
   * gets another one.
   */
  readonly lease: string;
  readonly lastFailure: LastFailure;
}

/** A mail that an admin sends again. */
export interface ResentMail {
  readonly recipient: string;
  readonly recipientName: string | null;
  /** The user whom it is for, as known now; null if its request named an address. */
  readonly user: { readonly name: string; readonly email: string } | null;
}

/**
 * To whom a mail goes when it is sent again: to the address that its user has now. A mail whose
 * request named an address goes there again: it may be meant for an address that its owner has
 * left, and a secret in it is sealed for that address.
 */
export function recipientOf({
  recipient,
  recipientName,
  user,
}: ResentMail): Pick<MailFacts, 'recipient' | 'recipientName'> {
  const present = user === null ? null : emailForm(user.email);
  if (user === null || present === null || !isEmailAddress(present)) return { recipient, recipientName };
  return { recipient: shown(present), recipientName: user.name };
}

/** The parts of a mail that its end needs. */
export type EndingMail = Omit<OutgoingMail, 'recipientName' | 'requestedAt' | 'sealed' | 'text' | 'html'>;

/** When a mail ended, or was put into the queue again. */
export interface Ended {
  readonly at: Date;
  /** The version of the mail in the event of this change. */
  readonly version: number;
}

/** The outcome of an attempt. */
export type Outcome =
  | { readonly kind: 'sent' }
  /** Refused for good: there are no more attempts. */
  | { readonly kind: 'refused'; readonly reason: string }
  /**
   * This mail, or its mailbox, has to wait. `slow`: the attempt freed its lane before it failed.
   */
  | { readonly kind: 'deferred'; readonly reason: string; readonly slow?: boolean }
  /** The server cannot be used at all. The mail is not at fault. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/**
 * The key by which mails leave in order. Few servers distinguish `Pip@` from `pip@`, and a common
 * order for both does no harm.
 */
export function mailboxOf(recipient: string): string {
  return emailForm(recipient).toLowerCase();
}

/**
 * The Message-ID of a request. It is the same for every sender and attempt. So a mail that was sent
 * twice is recognisable as one: a server may accept it before the node dies without recording that.
 * `from` is the sender's address, or name and address.
 */
export function messageIdOf(namespace: string, requestKey: string, from: string): string {
  const digest = createHash('sha256').update(`${namespace}\n${requestKey}`).digest('hex').slice(0, 32);
  const domain = asciiDomainForm(mailboxFrom(from)?.address ?? '').split('@')[1] || 'localhost';
  return `<${digest}@${domain}>`;
}

/** Maximum code points of a server's or a request's text. */
const MAX_SHOWN_LENGTH = 500;

/** External text in one line: bounded, without control characters and direction marks. */
export function shown(text: string, max = MAX_SHOWN_LENGTH): string {
  return truncate(inOneLine(text), max);
}

const FIRST_BACK_OFF_MS = 1_000;
const MAX_BACK_OFF_MS = 300_000;

/**
 * The pause after this many consecutive failures (1 or more), in milliseconds: one second, doubling
 * up to five minutes.
 */
export function backOffMs(failures: number): number {
  return backOff(failures, FIRST_BACK_OFF_MS, MAX_BACK_OFF_MS);
}
