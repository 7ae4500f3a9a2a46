/** A real SMTP server in the test's process. It accepts mails or misbehaves on request. */
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { OutgoingMail } from '../mails/mail.ts';

/** A mail from the queue, and the sender of all mails. */
export const mail: OutgoingMail = {
  id: 'id',
  mailbox: 'pip@popug.example',
  requestKey: 'key',
  recipient: 'pip@popug.example',
  recipientName: 'Pip',
  template: null,
  sealed: null,
  subject: 'Subject',
  text: 'Text',
  html: '<p>Text</p>',
  messageId: '<m@ates.localhost>',
  requestedAt: new Date(0),
  eventId: 'event',
  correlationId: 'correlation',
  traceparent: null,
};
export const from = 'aTES <no-reply@ates.localhost>';

export interface Received {
  /** The recipient in the envelope. */
  readonly to: string;
  readonly subject: string;
  readonly messageId: string;
  readonly text: string;
  readonly html: string;
  readonly raw: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * `drop` reads everything and closes the connection without a reply. `hang` never replies. A number
 * is a reply with that code.
 */
export type Manner = 'take' | 'drop' | 'hang' | number;

export interface Manners {
  readonly onConnect?: () => Manner;
  readonly onSender?: (address: string) => Manner;
  readonly onRecipient?: (address: string) => Manner | Promise<Manner>;
  /** Called after the whole mail was read. */
  readonly onData?: (mail: Received) => Manner | Promise<Manner>;
}

export class TestSmtp {
  /** Completely read mails, accepted or not, in order. */
  readonly read: Received[] = [];
  /** Mails that were answered with 250. */
  readonly taken: Received[] = [];
  manners: Manners;
  /** The text of a reply after its code. */
  refusal = 'As the test wants it';
  connections = 0;
  #server: SMTPServer | undefined;
  #port = 0;

  private constructor(manners: Manners) {
    this.manners = manners;
  }

  static async start(manners: Manners = {}): Promise<TestSmtp> {
    const smtp = new TestSmtp(manners);
    await smtp.start();
    return smtp;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.#port}`;
  }

  /** Restarts on the same port. */
  async start(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      logger: false,
      onConnect: (session, done) => {
        this.connections += 1;
        this.#answer(this.manners.onConnect?.() ?? 'take', session, done);
      },
      onMailFrom: ({ address }, session, done) => {
        this.#answer(this.manners.onSender?.(address) ?? 'take', session, done);
      },
      onRcptTo: async ({ address }, session, done) => {
        this.#answer((await this.manners.onRecipient?.(address)) ?? 'take', session, done);
      },
      onData: async (stream, session, done) => {
        // A sender that is killed in the middle of a mail has sent none.
        const raw = await buffer(stream).catch(() => null);
        if (raw === null) return;
        const mail = await parse(raw, session);
        this.read.push(mail);
        const manner = (await this.manners.onData?.(mail)) ?? 'take';
        if (manner === 'take') this.taken.push(mail);
        this.#answer(manner, session, done);
      },
    });
    server.on('error', () => {});
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
    this.#port = (server.server.address() as AddressInfo).port;
  }

  /** Stops listening and closes all connections. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of server.connections) socketOf(connection).destroy();
    await closed;
  }

  takenBy(address: string): Received[] {
    return this.taken.filter(({ to }) => to === address);
  }

  #answer(manner: Manner, session: SMTPServerSession, done: (error?: Error) => void): void {
    if (manner === 'take') done();
    else if (manner === 'drop') this.#cut(session);
    else if (manner !== 'hang') done(Object.assign(new Error(this.refusal), { responseCode: manner }));
  }

  #cut({ id }: SMTPServerSession): void {
    for (const connection of this.#server?.connections ?? []) {
      if ((connection as unknown as { session: { id: string } }).session.id === id)
        socketOf(connection).destroy();
    }
  }
}

function socketOf(connection: unknown): { destroy(): void } {
  return (connection as { _socket: { destroy(): void } })._socket;
}

async function parse(raw: Buffer, { envelope }: SMTPServerSession): Promise<Received> {
  const { subject, messageId, text, html, headers } = await PostalMime.parse(raw);
  return {
    to: envelope.rcptTo.map(({ address }) => address).join(' '),
    subject: subject ?? '',
    messageId: messageId ?? '',
    text: text ?? '',
    html: html ?? '',
    raw: raw.toString(),
    headers: Object.fromEntries(headers.map(({ key, value }) => [key, value])),
  };
}
