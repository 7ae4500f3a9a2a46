/** What a node of the mailer does by itself: makes mails of what was heard, sends them, and clears away what they were made of. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../../config.ts';
import type { Bus } from '../../mixins/bus/bus.ts';
import type { Database } from '../../mixins/database/database.ts';
import { Loop } from '../../mixins/loop.ts';
import { durableName, streamName } from '../../mixins/names.ts';
import { seldom } from '../../mixins/seldom.ts';
import { clearFacts } from './clear-facts.handler.ts';
import { type ComposeSettings, settingsOf } from './compose.ts';
import { composeDigests } from './compose-digests.handler.ts';
import { composePayouts } from './compose-payouts.handler.ts';
import { composeRequests } from './compose-requests.handler.ts';
import { LEASE_MS } from './mail.store.ts';
import type { ClaimedMail, Outcome } from './mail.ts';
import { Sender } from './sender.ts';
import { claim, renew, settle } from './settle-mail.handler.ts';
import { onSignal } from './signals.ts';
import { SmtpClient, type SmtpLimits } from './smtp.client.ts';

export interface MailWorkOptions {
  readonly database: Database;
  readonly config: Config;
  readonly bus: Bus;
  readonly log: Readonly<Record<'info' | 'warn' | 'error', (...args: unknown[]) => void>>;
  /** Shorter ones for tests. */
  readonly limits?: Partial<SmtpLimits>;
  /** How long a stop waits for mails under way, in milliseconds. Default `STOP_WITHIN_MS`; shorter for tests. */
  readonly stopWithinMs?: number;
  /** How long mailboxes are leased at a time, in milliseconds. Default `LEASE_MS`; shorter for tests. */
  readonly leaseMs?: number;
}

/** How soon what was just heard is looked at again, when the broker has not yet noted that it was handled, in milliseconds. */
const HELD_MS = 50;
/** How often facts that are of no more use are looked for, in milliseconds. */
const CLEAR_EVERY_MS = 15_000;
/** How long a stop waits for mails under way, in milliseconds: below Moleculer's shutdown time-out. */
const STOP_WITHIN_MS = 7_000;
/** Pause between two attempts to write down what came of a mail, in milliseconds. */
const SETTLE_AGAIN_MS = 500;

export class MailWork {
  readonly #options: MailWorkOptions;
  readonly #settings: ComposeSettings;
  readonly #composing: Loop;
  readonly #clearing: Loop;
  readonly #sending: Loop | undefined;
  readonly #renewing: Loop | undefined;
  readonly #sender: Sender | undefined;
  readonly #client: SmtpClient | undefined;
  readonly #stopping = new AbortController();
  readonly #warn: (text: string) => void;
  #unlisten = () => {};
  #look: NodeJS.Timeout | undefined;
  #probe: NodeJS.Timeout | undefined;

  constructor(options: MailWorkOptions) {
    this.#options = options;
    const { database, config, log, leaseMs = LEASE_MS } = options;
    this.#settings = settingsOf(config);
    this.#warn = seldom((text) => log.warn(text));
    const onError = (what: string) => (error: unknown) =>
      this.#warn(`${what}, trying again: ${String(error)}`);
    this.#composing = new Loop({
      runOnce: () => this.composeOnce(),
      onError: onError('No mails can be made'),
    });
    this.#clearing = new Loop({
      runOnce: async () => (await clearFacts(database)) > 0,
      onError: onError("What mails were made of can't be cleared away"),
      pollMs: CLEAR_EVERY_MS,
    });
    if (config.smtpUrl === null) return;
    const client = new SmtpClient({
      url: config.smtpUrl,
      from: config.mailFrom,
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    });
    const sender = new Sender({
      claim: (limits) => claim(database, limits, leaseMs),
      deliver: (mail) => client.deliver(mail),
      settle: (mail, outcome) => this.#settle(mail, outcome),
      onRoom: () => this.#sending?.wake(),
      onUnreachable: (reason, pauseMs) => {
        this.#warn(`The mail server can't be used, trying again in ${pauseMs} ms: ${reason}`);
        this.#probe = setTimeout(() => this.#sending?.wake(), pauseMs + 1).unref();
      },
    });
    this.#client = client;
    this.#sender = sender;
    this.#sending = new Loop({
      runOnce: async () => (await sender.runOnce()) > 0,
      onError: onError('No mails can be taken from the queue'),
    });
    this.#renewing = new Loop({
      runOnce: async () => {
        const { leases } = sender;
        if (leases.length > 0) await renew(database, leases, leaseMs);
        return false;
      },
      onError: onError("Leases can't be renewed"),
      pollMs: leaseMs / 3,
    });
  }

  start(): void {
    const { database, config, log } = this.#options;
    this.#unlisten = onSignal(database, (signal) => {
      if (signal === 'facts') this.#composing.wake();
      else this.#sending?.wake();
    });
    this.#composing.start();
    this.#clearing.start();
    this.#renewing?.start();
    this.#sending?.start();
    if (config.smtpUrl === null) log.info('SMTP_URL is not set: mails wait in the queue');
  }

  /** One bounded pass over everything that may become a mail; true: there may be more at once. */
  async composeOnce(): Promise<boolean> {
    const { database } = this.#options;
    const requests = await composeRequests(database, this.#settings, () => this.#floor());
    const payouts = await composePayouts(database, this.#settings);
    const digests = await composeDigests(database, this.#settings);
    const passes = [requests, payouts, digests];
    if (passes.some(({ mails }) => mails > 0)) return true;
    if (passes.some(({ held }) => held > 0)) {
      clearTimeout(this.#look);
      this.#look = setTimeout(() => this.#composing.wake(), HELD_MS).unref();
    }
    return false;
  }

  /** What is under way may end, for a bounded time; then its connections are closed, and the mails go back to the queue. */
  async stop(): Promise<void> {
    this.#unlisten();
    this.#sender?.stop();
    await Promise.all([this.#composing.stop(), this.#clearing.stop(), this.#sending?.stop()]);
    clearTimeout(this.#look);
    clearTimeout(this.#probe);
    const hangUp = setTimeout(() => {
      this.#stopping.abort();
      this.#client?.close();
    }, this.#options.stopWithinMs ?? STOP_WITHIN_MS);
    await this.#sender?.settled();
    clearTimeout(hangUp);
    this.#client?.close();
    await this.#renewing?.stop();
  }

  /** The place in the stream of requests up to which every one is handled, as the broker knows it. */
  async #floor(): Promise<number | null> {
    const { bus, config } = this.#options;
    if (!bus.connected) return null;
    try {
      const stream = streamName(config.namespace, 'mailer');
      const { ack_floor } = await bus.manager.consumers.info(stream, durableName('mailer', 'requests'));
      return ack_floor.stream_seq;
    } catch {
      // Away just now: requests wait for their turn, or until they are overdue.
      return null;
    }
  }

  /** A mail that was sent must be known as sent: whatever stands in the way, this node tries to write it down as long as it lives. */
  async #settle(mail: ClaimedMail, outcome: Outcome): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      try {
        return await settle(this.#options.database, mail, outcome);
      } catch (error) {
        this.#warn(
          `The end of a mail can't be written down${signal.aborted ? '' : ', trying again'}: ${String(error)}`,
        );
        if (signal.aborted) return;
        await delay(SETTLE_AGAIN_MS, undefined, { signal }).catch(() => {});
      }
    }
  }
}
