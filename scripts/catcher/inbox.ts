/** The received mails: one file for each, only the newest ones. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import PostalMime from 'postal-mime';

/** Older mails are deleted: this inbox is no archive. */
export const MAILS_KEPT = 1_000;

export type CaughtMail = Readonly<Awaited<ReturnType<typeof summaryOf>>>;

export interface WholeMail extends CaughtMail {
  readonly text: string | null;
  readonly html: string | null;
}

const EXTENSION = '.eml';
/** `<milliseconds since 1970>-<number>`: names sort by time. */
const ID = /^\d{13}-\d{6}$/;

export class Inbox {
  readonly #folder: string;
  readonly #keep: number;
  /** The oldest one first. */
  readonly #mails: CaughtMail[] = [];
  #number = 0;

  private constructor(folder: string, keep: number) {
    this.#folder = folder;
    this.#keep = keep;
  }

  /** Reads the mails of earlier runs. */
  static async open(folder: string, keep = MAILS_KEPT): Promise<Inbox> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const inbox = new Inbox(folder, keep);
    const names = readdirSync(folder).filter((name) => name.endsWith(EXTENSION));
    for (const name of names.sort()) {
      const id = name.slice(0, -EXTENSION.length);
      if (ID.test(id)) inbox.#mails.push(await summaryOf(id, readFileSync(`${folder}/${name}`)));
    }
    await inbox.#forget();
    return inbox;
  }

  /** The mail is saved before this returns, so that a client finds it after the acknowledgement. */
  async add(raw: Buffer, envelope: Pick<CaughtMail, 'from' | 'to'>, now = new Date()): Promise<CaughtMail> {
    this.#number = (this.#number + 1) % 1_000_000;
    const id = `${String(now.getTime()).padStart(13, '0')}-${String(this.#number).padStart(6, '0')}`;
    // Like a delivering server, it turns the envelope into headers.
    const headers = [`Return-Path: <${envelope.from}>`, ...envelope.to.map((to) => `Delivered-To: ${to}`)];
    const content = Buffer.concat([Buffer.from(`${headers.join('\r\n')}\r\n`), raw]);
    const draft = `${this.#folder}/${id}.tmp`;
    await writeFile(draft, content, { mode: 0o600 });
    await rename(draft, this.#file(id));
    const mail = await summaryOf(id, content);
    this.#mails.push(mail);
    await this.#forget();
    return mail;
  }

  /** The newest mails first. `to` is an address, in upper or lower case. */
  list(to: string | null = null, limit = this.#keep): CaughtMail[] {
    const wanted = to?.toLowerCase();
    const found = this.#mails.filter(
      (mail) => wanted === undefined || mail.to.some((address) => address.toLowerCase() === wanted),
    );
    return found.toReversed().slice(0, limit);
  }

  /** Null for an unknown or deleted mail. */
  async read(id: string): Promise<WholeMail | null> {
    const mail = this.#mails.find((each) => each.id === id);
    if (mail === undefined) return null;
    const { text, html } = await PostalMime.parse(await readFile(this.#file(id)));
    return { ...mail, text: text ?? null, html: html ?? null };
  }

  #file(id: string): string {
    return `${this.#folder}/${id}${EXTENSION}`;
  }

  async #forget(): Promise<void> {
    const old = this.#mails.splice(0, Math.max(0, this.#mails.length - this.#keep));
    for (const { id } of old) await rm(this.#file(id), { force: true });
  }
}

async function summaryOf(id: string, raw: Buffer) {
  const { from, subject, messageId, headers } = await PostalMime.parse(raw);
  return {
    id,
    from: from?.address ?? '',
    /** The recipients of the envelope. */
    to: headers.filter(({ key }) => key === 'delivered-to').map(({ value }) => value),
    subject: subject ?? '',
    messageId: messageId ?? '',
    /** ISO 8601. */
    receivedAt: new Date(Number(id.slice(0, 13))).toISOString(),
  };
}
