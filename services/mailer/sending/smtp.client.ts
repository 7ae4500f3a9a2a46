/**
 * Sends mails over SMTP one after the other, within time limits. Connections are kept for a moment.
 */
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { needsSmtpUtf8 } from '#schemas/email-address.ts';
import { type Outcome, type OutgoingMail, shown } from '../mails/mail.ts';
import { HangUp } from './hang-up.ts';
import { composeMessage, type Message } from './message.ts';
import { outcomeOf, type Phase, type SmtpError } from './smtp-failure.ts';

export interface SmtpLimits {
  /** Time limit of the connection with its encryption, in milliseconds. */
  readonly connectMs: number;
  /** Time limit of the server's greeting, in milliseconds. */
  readonly greetingMs: number;
  /**
   * Maximum silence of the server, in milliseconds. It is generous: after a hang-up the server may
   * still accept the mail, and get it again.
   */
  readonly silenceMs: number;
  /**
   * Time limit of the whole conversation about a mail, in milliseconds. A server may keep replying
   * without an end.
   */
  readonly totalMs: number;
  /** How long an idle connection is kept, in milliseconds. It is shorter than servers wait. */
  readonly idleMs: number;
}

const DEFAULT_LIMITS: SmtpLimits = {
  connectMs: 10_000,
  greetingMs: 10_000,
  silenceMs: 120_000,
  totalMs: 600_000,
  idleMs: 2_000,
};

/** Time limit of the server's reply to QUIT, in milliseconds. */
const QUIT_WITHIN_MS = 1_000;

/**
 * Maximum number of mails over one connection. Servers limit or distrust clients that send many.
 */
const MAILS_A_CONNECTION = 100;

export interface SmtpOptions {
  /**
   * `smtp://` or `smtps://`, with user and password if needed. With credentials TLS is required,
   * unless the URL has `?ignoreTLS=true` (no TLS) or `?requireTLS=false` (TLS if the server offers
   * it). `tls.…` are options of Node's `tls.connect`.
   */
  readonly url: string;
  /** A file with the certificates of the trusted authorities. Default: those of Node. */
  readonly caFile?: string | null;
  /** The sender: an address, or name and address. */
  readonly from: string;
  readonly limits?: Partial<SmtpLimits>;
}

interface Session {
  readonly connection: SMTPConnection;
  /** Whether the server accepts addresses with non-ASCII local parts. */
  internationalised: boolean;
  mails: number;
  idle: NodeJS.Timeout | undefined;
}

/** `hello` is the reply to the last EHLO. Its first line is a greeting. */
function announcesSmtpUtf8(hello: string | false): boolean {
  return hello !== false && /\n250[ -]SMTPUTF8\s*$/im.test(hello);
}

/** The outcome of a mail whose addresses this server cannot accept; null if it can. */
function refusalOfAddresses({ envelope }: Message, internationalised: boolean): Outcome | null {
  if (internationalised) return null;
  if (needsSmtpUtf8(envelope.from)) {
    return {
      kind: 'unreachable',
      reason: 'smtputf8_missing: the server does not take the address of MAIL_FROM',
    };
  }
  if (!envelope.to.some(needsSmtpUtf8)) return null;
  return {
    kind: 'refused',
    reason: 'smtputf8_missing: the server takes no addresses with characters beyond ASCII before the @',
  };
}

/**
 * Whether the URL explicitly allows credentials without TLS. Nodemailer treats `requireTLS=` as
 * false, but that is not explicit enough. A man in the middle could remove the offer of STARTTLS.
 */
function allowsPlain({ secure, ignoreTLS, requireTLS }: ReturnType<typeof parseConnectionUrl>): boolean {
  return secure === true || ignoreTLS === true || requireTLS === false;
}

/** `onRead` is called before the first byte is read. */
function streamOf(bytes: Buffer, onRead: () => void): Readable {
  return new Readable({
    read() {
      onRead();
      this.push(bytes);
      this.push(null);
    },
  });
}

export class SmtpClient {
  readonly #options: SmtpOptions;
  readonly #limits: SmtpLimits;
  readonly #free: Session[] = [];
  readonly #open = new Set<Session>();
  readonly #closing = new AbortController();

  constructor(options: SmtpOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  /**
   * Tries to send a mail. `hangUp` can end the attempt between MAIL FROM and the message. The
   * outcome is `deferred` then. Never throws.
   */
  async deliver(mail: OutgoingMail, hangUp = new HangUp()): Promise<Outcome> {
    let message: Message;
    try {
      message = await composeMessage(mail, this.#options.from);
    } catch (error) {
      // Only this mail is at fault. No further attempt can succeed, and other mails continue.
      return { kind: 'refused', reason: shown(`invalid_mail: it can't be composed: ${String(error)}`) };
    }
    return this.#transmit(message, hangUp);
  }

  async #transmit(message: Message, hangUp: HangUp): Promise<Outcome> {
    let phase: Phase = 'opening';
    let session: Session | undefined;
    try {
      session = this.#reuse() ?? (await this.#connect());
      const refusal = refusalOfAddresses(message, session.internationalised);
      if (refusal !== null) {
        this.#keep(session);
        return refusal;
      }
      phase = 'sending';
      await this.#send(session.connection, message, hangUp);
      this.#keep(session);
      return { kind: 'sent' };
    } catch (error) {
      if (session !== undefined) this.#drop(session, (error as SmtpError).responseCode !== undefined);
      return outcomeOf(phase, error as SmtpError, message.envelope.to.some(needsSmtpUtf8));
    }
  }

  /** Closes all connections, including those in use. */
  close(): void {
    this.#closing.abort(new Error('The mailer stops'));
    for (const session of this.#open) this.#drop(session, false);
  }

  async #send(connection: SMTPConnection, { envelope, bytes }: Message, hangUp: HangUp): Promise<void> {
    // Nodemailer reads the stream when the server has answered DATA. From then on the server may
    // have the whole mail.
    const message = streamOf(bytes, () => hangUp.forbid());
    try {
      await this.#settled(connection, (done) => {
        hangUp.allow(done);
        connection.send(envelope, message, done);
      });
    } finally {
      hangUp.forbid();
    }
  }

  /**
   * Some failures come through the callback and others as events. The total time limit covers the
   * rest.
   */
  #settled(connection: SMTPConnection, begin: (done: (error?: Error | null) => void) => void): Promise<void> {
    const { signal } = this.#closing;
    return new Promise((resolve, reject) => {
      const { totalMs } = this.#limits;
      const timer = setTimeout(() => finish(new Error(`It took longer than ${totalMs} ms`)), totalMs);
      // Nodemailer may close the connection right before the callback with the reply that gives the
      // reason.
      const onEnd = () => queueMicrotask(() => finish(new Error('The connection was closed')));
      const onClosing = () => finish(signal.reason as Error);
      function finish(error?: Error | null): void {
        clearTimeout(timer);
        connection.off('error', finish);
        connection.off('end', onEnd);
        signal.removeEventListener('abort', onClosing);
        if (error) reject(error);
        else resolve();
      }
      connection.once('error', finish);
      connection.once('end', onEnd);
      signal.addEventListener('abort', onClosing);
      if (signal.aborted) onClosing();
      else begin(finish);
    });
  }

  #reuse(): Session | undefined {
    const session = this.#free.pop();
    clearTimeout(session?.idle);
    return session;
  }

  async #connect(): Promise<Session> {
    const { auth, ...server } = parseConnectionUrl(this.#options.url);
    const { caFile = null } = this.#options;
    const connection = new SMTPConnection({
      ...server,
      requireTLS: Boolean(server.requireTLS) || (auth !== undefined && !allowsPlain(server)),
      ...(caFile === null ? {} : { tls: { ...server.tls, ca: await readFile(caFile) } }),
      connectionTimeout: this.#limits.connectMs,
      dnsTimeout: this.#limits.connectMs,
      greetingTimeout: this.#limits.greetingMs,
      socketTimeout: this.#limits.silenceMs,
    });
    const session: Session = { connection, internationalised: false, mails: 0, idle: undefined };
    this.#open.add(session);
    connection.on('error', () => this.#forget(session));
    connection.once('end', () => this.#forget(session));
    try {
      await this.#settled(connection, (done) => connection.connect(done));
      session.internationalised = announcesSmtpUtf8(connection.lastServerResponse);
      if (auth !== undefined && connection.allowsAuth) {
        await this.#settled(connection, (done) => connection.login(auth, done));
      }
      return session;
    } catch (error) {
      this.#drop(session, false);
      throw error;
    }
  }

  #keep(session: Session): void {
    session.mails += 1;
    if (this.#closing.signal.aborted || session.mails >= MAILS_A_CONNECTION) this.#drop(session, true);
    if (!this.#open.has(session)) return;
    session.idle = setTimeout(() => this.#drop(session, true), this.#limits.idleMs).unref();
    this.#free.push(session);
  }

  /** `politely` sends QUIT, because the server still answers. */
  #drop(session: Session, politely: boolean): void {
    this.#forget(session);
    const { connection } = session;
    if (!politely) {
      connection.close();
      return;
    }
    connection.quit();
    setTimeout(() => connection.close(), QUIT_WITHIN_MS).unref();
  }

  #forget(session: Session): void {
    clearTimeout(session.idle);
    this.#open.delete(session);
    const index = this.#free.indexOf(session);
    if (index !== -1) this.#free.splice(index, 1);
  }
}
