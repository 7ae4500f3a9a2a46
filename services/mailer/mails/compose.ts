/** What the three ways to a mail have in common: from whom, in which language, how long to wait for what is missing. Pure. */

import { emailForm, isEmailAddress } from '#schemas/email-address.ts';
import type { Config } from '../../../config.ts';
import { languageOf } from './format.ts';
import { type MailCause, messageIdOf, type NewMail, shown } from './mail.ts';
import { type RenderContext, type Rendered, tryRender } from './template.ts';

export interface ComposeSettings {
  readonly namespace: string;
  readonly mailFrom: string;
  /** Language for who has chosen none. */
  readonly locale: string;
  readonly timeZone: string;
}

export function settingsOf(config: Config): ComposeSettings {
  const { namespace, mailFrom, locale, businessTimeZone } = config;
  return { namespace, mailFrom, locale, timeZone: businessTimeZone };
}

export const messageIds =
  ({ namespace, mailFrom }: ComposeSettings) =>
  (requestKey: string): string =>
    messageIdOf(namespace, requestKey, mailFrom);

/** What one pass did. */
export interface Composed {
  /** Mails that were made: if any, there may be more. */
  readonly mails: number;
  /** What waits for something. */
  readonly held: number;
}

/** Whom a mail goes to; null fields: nobody that is known here yet. */
export interface KnownRecipient {
  readonly name: string | null;
  readonly email: string | null;
  readonly locale: string | null;
}

/**
 * The mail to a user, because of an event; none to a user that is not known here. With an address
 * that is none, or data that can't be rendered, it fails for good (MAIL-2).
 */
export function mailTo(
  { name, email, locale, eventId, correlationId, traceparent }: KnownRecipient & MailCause,
  mail: Pick<NewMail, 'requestKey' | 'template' | 'requestedAt'>,
  settings: ComposeSettings,
  render: (context: RenderContext) => Rendered,
): NewMail[] {
  if (name === null || email === null) return [];
  const language = languageOf(locale, settings.locale);
  const made = tryRender(() => render({ name, language, timeZone: settings.timeZone }));
  const recipient = emailForm(email);
  const cause = { eventId, correlationId, traceparent };
  const known = { ...mail, ...cause, recipient: shown(recipient), recipientName: name };
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

/** When to look again at what is not complete: after as long as it has waited, so that looks become seldom, but bounded. Milliseconds. */
export function lookAgainMs(waitedMs: number): number {
  return Math.min(Math.max(waitedMs, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
}

/**
 * Having waited this long, in milliseconds, a mail is made of what is there, and says how much it does not list: an event may have been
 * set aside and discarded, or be older than what its stream keeps.
 */
export const GIVE_UP_WAITING_MS = 24 * 3_600_000;
