/**
 * Turns a request of another service into a mail, or into the reason why there is none (MAIL-1).
 * Pure.
 */
import { faultOfLine } from '#schemas/characters.ts';
import { emailForm, isEmailAddress } from '#schemas/email-address.ts';
import { parseJson } from '#schemas/text.ts';
import type { ComposeSettings } from '../mails/compose.ts';
import { languageOf } from '../mails/format.ts';
import { type MailCause, type NewMail, shown } from '../mails/mail.ts';
import type { RenderResult } from '../mails/template.ts';
import { renderRequest } from './render-request.ts';

export interface MailRequest extends MailCause {
  readonly requestId: string;
  readonly requestedAt: Date;
  readonly recipient: string;
  readonly recipientName: string | null;
  readonly locale: string | null;
  readonly subject: string | null;
  readonly body: string | null;
  readonly template: string | null;
  /** JSON. */
  readonly data: string | null;
  /** A secret for this recipient (`sealSecret`). */
  readonly sealed: string | null;
}

type RequestSettings = Pick<ComposeSettings, 'locale' | 'businessTimeZone'>;

/** Maximum code points of an invalid recipient's or template's name. */
const MAX_NAME_LENGTH = 320;

export function mailOf(request: MailRequest, settings: RequestSettings): NewMail {
  const { correlationId, eventId, traceparent, requestedAt, template, sealed } = request;
  const recipient = emailForm(request.recipient);
  const facts = {
    requestKey: request.requestId,
    userId: null,
    recipient: shown(recipient, MAX_NAME_LENGTH),
    recipientName: request.recipientName === null ? null : shown(request.recipientName, MAX_NAME_LENGTH),
    template: template === null ? 'plain' : shown(template, MAX_NAME_LENGTH),
    subject: shown(request.subject ?? ''),
    requestedAt,
    correlationId,
    eventId,
    traceparent,
    sealed,
  };
  const made = isEmailAddress(recipient) ? contentOf(request, settings) : NO_ADDRESS;
  if (made.kind === 'refused') return { ...facts, status: 'failed', reason: shown(made.reason) };
  const { subject, text, html } = made.rendered;
  return { ...facts, status: 'queued', subject, text, html };
}

const refused = (reason: string) => ({ kind: 'refused', reason }) as const;

const NO_ADDRESS = refused('invalid_recipient: the recipient is not an e-mail address');

function contentOf(
  request: MailRequest,
  { locale, businessTimeZone: timeZone }: RequestSettings,
): RenderResult {
  const { recipientName: name, subject, body, template } = request;
  // A name may be empty. A long one is truncated.
  const fault = name ? faultOfLine(name, 1, Number.POSITIVE_INFINITY) : null;
  if (fault !== null) return refused(`invalid_recipient: the recipient's name ${fault.message}`);
  const context = { name, language: languageOf(request.locale, locale), timeZone };
  if (template === null) {
    // The template `plain` checks the subject, because a line break in it would begin another
    // header.
    if (subject === null || body === null)
      return refused('invalid_request: neither a template nor subject and text');
    return renderRequest('plain', { subject, text: body }, context);
  }
  if (subject !== null || body !== null) {
    return refused('invalid_request: a template brings its own subject and text');
  }
  const data = parsed(request.data ?? '{}');
  if (data === undefined) return refused('invalid_data: the data of the template are not a JSON object');
  return renderRequest(template, data, context);
}

function parsed(json: string): object | undefined {
  const data = parseJson(json);
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? data : undefined;
}
