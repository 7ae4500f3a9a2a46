/** Whose fault a failed attempt is: the mail's, for now or for good, or the server's (MAIL-2). Pure. */
import { type Outcome, shown } from './mail.ts';

/** How far the conversation had come. */
export type Stage =
  /** Connecting, greeting, encryption, authentication. */
  | 'connect'
  /** The mail itself. */
  | 'send';

/** What nodemailer's errors tell. */
export interface SmtpError {
  readonly message: string;
  /** `EENVELOPE`, `EMESSAGE`, `ECONNECTION` … */
  readonly code?: string | undefined;
  /** `MAIL FROM`, `RCPT TO`, `DATA`, `CONN`, or `API` where no command was sent. */
  readonly command?: string | undefined;
  /** The reply's code, where there was a reply. */
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
}

/** Replies that speak of the session and not of the mail: unknown or misplaced commands, authentication. */
const OF_THE_SESSION = new Set([500, 502, 503, 504, 521, 523, 530, 534, 535, 538]);
/** Too large: the only reply to MAIL FROM that is about the mail, as the sender is the same in all of them. */
const TOO_LARGE = 552;

export function outcomeOf(stage: Stage, error: SmtpError): Exclude<Outcome, { kind: 'sent' }> {
  const reason = shown(error.response ?? error.message);
  if (stage === 'connect') return { kind: 'unreachable', reason };
  const { responseCode, command, code } = error;
  if (responseCode === undefined) {
    // Nodemailer itself refused it: an address that can't be said in SMTP, a message larger than the server takes.
    const never = (command === 'API' && code === 'EENVELOPE') || code === 'EMESSAGE';
    return { kind: never ? 'refused' : 'deferred', reason };
  }
  if (responseCode < 500) return { kind: 'deferred', reason };
  if (OF_THE_SESSION.has(responseCode)) return { kind: 'unreachable', reason };
  if (command === 'MAIL FROM' && responseCode !== TOO_LARGE) return { kind: 'unreachable', reason };
  return { kind: 'refused', reason };
}
