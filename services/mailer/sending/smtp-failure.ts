/**
 * Classifies a failed attempt: the mail ends, its mailbox waits, or the mail server cannot be used
 * (MAIL-2, ADR 13). Pure.
 *
 * The stage matters more than the code. A reply to a command that names no mail concerns the
 * session, and so all mails. A reply to RCPT, DATA or the message never stops other recipients. A
 * server that closes for everybody also refuses the next connection.
 */
import { type Outcome, shown } from '../mails/mail.ts';

/** The stage of the conversation, in order. `DATA` includes the message itself. */
export type Stage = 'connect' | 'greeting' | 'EHLO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA';

/** Whether a session was being opened, or a mail was sent in an open one. */
export type Phase = 'opening' | 'sending';

type Verdict = Exclude<Outcome['kind'], 'sent'>;

/** The fields of nodemailer's errors that are used here. */
export interface SmtpError {
  readonly message: string;
  /** `EENVELOPE`, `EMESSAGE`, `ECONNECTION` … */
  readonly code?: string | undefined;
  /** `MAIL FROM`, `RCPT TO`, `DATA`, `CONN`, or `API` if no command was sent. */
  readonly command?: string | undefined;
  /** The reply's code, if there was a reply. */
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
}

interface Row {
  readonly at: readonly Stage[];
  /** Reply codes, or their first digit. Default: all. */
  readonly codes?: readonly (number | '4' | '5')[];
  /**
   * Enhanced status codes (RFC 3463) without their class: subject and detail, or only a subject.
   * Default: any reply fits, with or without such a code.
   */
  readonly enhanced?: readonly string[];
  readonly verdict: Verdict;
}

const OPENING: readonly Stage[] = ['connect', 'greeting', 'EHLO', 'STARTTLS', 'AUTH'];
const ABOUT_A_MAIL: readonly Stage[] = ['RCPT', 'DATA'];
/**
 * The mail is too large for the mailbox or the server (2.3, 3.4). Or its content or a non-ASCII
 * address is not supported (6).
 */
const OF_THE_MAIL = ['2.3', '3.4', '6'];
/** Authentication or encryption is missing, too weak or expired (RFC 4954, RFC 5248). */
const OF_THE_CREDENTIALS = ['7.8', '7.9', '7.10', '7.11', '7.12'];

/**
 * The first matching row decides (RFC 5321 sections 4.2 and 4.3.2, RFC 7504, RFC 3463, RFC 5248).
 */
const TABLE: readonly Row[] = [
  // No mail has been named yet. A server that accepts no mail at all greets with 521 or 554.
  { at: OPENING, verdict: 'unreachable' },

  // The sender is the same in all mails. Only size, content and parameters differ.
  { at: ['MAIL'], codes: ['5'], enhanced: OF_THE_MAIL, verdict: 'refused' },
  { at: ['MAIL'], codes: ['4'], enhanced: OF_THE_MAIL, verdict: 'deferred' },
  // The whole system is full. Without this detail 452 and 552 are about the size of this mail (RFC
  // 1870).
  { at: ['MAIL'], enhanced: ['3.1'], verdict: 'unreachable' },
  { at: ['MAIL'], codes: [552], verdict: 'refused' },
  { at: ['MAIL'], codes: [452], verdict: 'deferred' },
  // Codes about parameters. Some mails have additional ones (SMTPUTF8), but a mail is kept if only
  // a parameter is refused.
  { at: ['MAIL'], codes: [455, 504, 555], verdict: 'deferred' },
  { at: ['MAIL'], enhanced: ['5.4'], verdict: 'deferred' },
  { at: ['MAIL'], verdict: 'unreachable' },

  // Commands out of order, or credentials that the operator must correct. The mail is not at fault
  // and is kept.
  { at: ABOUT_A_MAIL, codes: [502, 503, 523, 530, 534, 535, 538], verdict: 'deferred' },
  { at: ABOUT_A_MAIL, enhanced: OF_THE_CREDENTIALS, verdict: 'deferred' },
  { at: ABOUT_A_MAIL, codes: ['5'], verdict: 'refused' },
  { at: ABOUT_A_MAIL, verdict: 'deferred' },
];

/**
 * The verdict of a reply at a stage. `text` is the whole reply, with its enhanced status code if it
 * has one.
 */
export function verdictOf(stage: Stage, code: number, text: string): Verdict {
  const enhanced = enhancedOf(code, text);
  const row = TABLE.find(
    (each) =>
      each.at.includes(stage) &&
      (each.codes?.some((wanted) => String(code).startsWith(String(wanted))) ?? true) &&
      (each.enhanced?.some((wanted) => enhanced === wanted || enhanced?.startsWith(`${wanted}.`)) ?? true),
  );
  return row?.verdict ?? 'deferred';
}

/**
 * `1.1` of `550 5.1.1 no such user`. Undefined if there is none. Also undefined if its class
 * contradicts the code, which then decides alone.
 */
function enhancedOf(code: number, text: string): string | undefined {
  const [, classOf, subject, detail] = /^\d{3}[ -]([245])\.(\d{1,3})\.(\d{1,3})(?!\S)/.exec(text) ?? [];
  return classOf === String(code).charAt(0) ? `${subject}.${detail}` : undefined;
}

/**
 * The outcome of an attempt that failed with an error of nodemailer. `internationalised` means that
 * the mail was sent with SMTPUTF8.
 */
export function outcomeOf(
  phase: Phase,
  error: SmtpError,
  internationalised = false,
): Exclude<Outcome, { kind: 'sent' }> {
  const kind = kindOf(phase, error);
  // The reply of a server without STARTTLS says only that there is no such command.
  const text = error.command === 'STARTTLS' ? error.message : (error.response ?? error.message);
  // Other mails have MAIL FROM without this parameter. So its refusal does not concern them.
  const ofParameter = kind === 'unreachable' && phase === 'sending' && internationalised;
  return { kind: ofParameter ? 'deferred' : kind, reason: shown(text) };
}

function kindOf(phase: Phase, error: SmtpError): Verdict {
  if (phase === 'opening') return verdictOf(openingStage(error), error.responseCode ?? 0, '');
  const stage = sendingStage(error);
  const { responseCode, response } = error;
  if (stage !== undefined && responseCode !== undefined)
    return verdictOf(stage, responseCode, response ?? '');
  return isUnsendable(error) ? 'refused' : 'deferred';
}

function openingStage({ command, responseCode }: SmtpError): Stage {
  if (command === 'EHLO' || command === 'HELO') return 'EHLO';
  if (command === 'STARTTLS') return 'STARTTLS';
  if (command?.startsWith('AUTH')) return 'AUTH';
  return responseCode === undefined ? 'connect' : 'greeting';
}

/**
 * Undefined if the error answers none of the mail's commands: the end of the connection, or an
 * unexpected reply.
 */
function sendingStage({ command }: SmtpError): Stage | undefined {
  switch (command) {
    case 'MAIL FROM':
      return 'MAIL';
    case 'RCPT TO':
      return 'RCPT';
    case 'DATA':
      return 'DATA';
    default:
      return undefined;
  }
}

/**
 * Whether nodemailer itself refused the mail: an address that SMTP cannot express, or a message
 * larger than the server announced.
 */
function isUnsendable({ command, code, response }: SmtpError): boolean {
  if (response !== undefined) return false;
  return (command === 'API' && code === 'EENVELOPE') || (command === 'MAIL FROM' && code === 'EMESSAGE');
}
