/**
 * The common part of composing mails: the sender, the language, and the wait for missing facts.
 * Pure.
 */
import { emailForm, isEmailAddress } from '#schemas/email-address.ts';
import type { Config } from '../../../config.ts';
import { languageOf } from './format.ts';
import { type MailCause, type NewMail, shown } from './mail.ts';
import { type RenderContext, type Rendered, tryRender } from './template.ts';

export type ComposeSettings = Pick<Config, 'namespace' | 'mailFrom' | 'locale' | 'businessTimeZone'>;

/** The result of one pass. */
export interface Composed {
  /** Composed mails. If there are any, there may be more. */
  readonly mails: number;
  /** Items that wait for missing facts. */
  readonly waiting: number;
}

/** The recipient of a mail. The fields are null for a user who is not known yet. */
export interface KnownRecipient {
  readonly name: string | null;
  readonly email: string | null;
  readonly locale: string | null;
}

/**
 * The mail to a user because of an event; empty for an unknown user. With an invalid address, or
 * data that cannot be rendered, it fails for good (MAIL-2).
 */
export function mailTo(
  { name, email, locale, eventId, correlationId, traceparent }: KnownRecipient & MailCause,
  mail: Pick<NewMail, 'requestKey' | 'template' | 'requestedAt' | 'userId'>,
  settings: ComposeSettings,
  render: (context: RenderContext) => Rendered,
): NewMail[] {
  if (name === null || email === null) return [];
  const language = languageOf(locale, settings.locale);
  const made = tryRender(() => render({ name, language, timeZone: settings.businessTimeZone }));
  const recipient = emailForm(email);
  const cause = { eventId, correlationId, traceparent };
  const known = { ...mail, ...cause, recipient: shown(recipient), recipientName: name, sealed: null };
  if (made.kind === 'refused') {
    return [{ ...known, subject: '', status: 'failed', reason: shown(made.reason) }];
  }
  const { subject, text, html } = made.rendered;
  if (isEmailAddress(recipient)) return [{ ...known, status: 'queued', subject, text, html }];
  const reason = 'invalid_recipient: the address of the employee is not an e-mail address';
  return [{ ...known, subject, status: 'failed', reason }];
}

const SHORTEST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 60_000;

/**
 * The pause before an incomplete item is checked again, in milliseconds. It equals the time that
 * the item has waited, within bounds, so that checks become less frequent.
 */
export function recheckAfterMs(waitedMs: number): number {
  return Math.min(Math.max(Math.ceil(waitedMs), SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
}

/**
 * After this wait, in milliseconds, a mail is composed from the facts that are here. It states the
 * number of missing lines. Their events may have been dead-lettered and discarded, or deleted from
 * the stream.
 */
export const GIVE_UP_WAITING_MS = 24 * 3_600_000;
