/** What a node of the mailer does by itself: makes mails of what was heard, sends them, and clears away what they were made of. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '#mixins/bus/bus.ts';
import { mayPass } from '#mixins/consumer/retry.ts';
import type { Database } from '#mixins/database/database.ts';
import type { Log } from '#mixins/log.ts';
import { MAX_LONE_ATTEMPTS } from '#mixins/loops/isolation.ts';
import type { ItemWork } from '#mixins/loops/item-work.ts';
import { Loop } from '#mixins/loops/loop.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import { durableName, streamName } from '#mixins/names.ts';
import { Outage } from '#mixins/outage.ts';
import { Turns } from '#mixins/turns.ts';
import type { Config } from '../../../config.ts';
import { digestsWork } from '../digests/compose-digests.handler.ts';
import { CLEARINGS } from '../mails/clear-facts.handler.ts';
import { type Composed, settingsOf } from '../mails/compose.ts';
import { LEASE_MS } from '../mails/mail.store.ts';
import type { ClaimedMail, Outcome } from '../mails/mail.ts';
import { factsTaken, mailsQueued } from '../mails/signals.ts';
import { payoutsWork } from '../payouts/compose-payouts.handler.ts';
import { requestsWork } from '../requests/compose-requests.handler.ts';
import { Sender } from './sender.ts';
import {
  claim,
  countMailAttempt,
  forgetMailAttempts,
  mailsWork,
  renew,
  setMailAside,
  settle,
} from './settle-mail.handler.ts';
import { SmtpClient, type SmtpLimits } from './smtp.client.ts';

export interface MailWorkOptions {
  readonly database: Database;
  readonly config: Config;
  readonly bus: Bus;
  readonly loops: Loops;
  readonly log: Log;
  /** Shorter ones for tests. */
  readonly limits?: Partial<SmtpLimits>;
  /** When a mail counts as slow, in milliseconds. Default that of the sender; shorter for tests. */
  readonly slowMs?: number;
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
  readonly #composing: readonly Loop[];
  readonly #clearing: readonly Loop[];
  readonly #sending: Loop | undefined;
  readonly #renewing: Loop | undefined;
  readonly #sender: Sender | undefined;
  readonly #client: SmtpClient | undefined;
  readonly #stopping = new AbortController();
  readonly #unwritten: Outage;
  /** Attempts at mails whose last lease was abandoned: one of them may have killed the process. */
  readonly #mutex = new Turns(1);
  /** Why ends of mails can't be written down now, by mail. */
  readonly #unsettled = new Map<string, string>();
  readonly #looks = new Set<NodeJS.Timeout>();
  #probe: NodeJS.Timeout | undefined;

  constructor(options: MailWorkOptions) {
    this.#options = options;
    const { database, config, log, loops, leaseMs = LEASE_MS } = options;
    const settings = settingsOf(config);
    this.#unwritten = new Outage("Ends of mails can't be written down", log);
    this.#composing = [
      this.#composer(
        'requests',
        requestsWork(database, settings, () => this.#floor()),
      ),
      this.#composer('payouts', payoutsWork(database, settings)),
      this.#composer('digests', digestsWork(database, settings)),
    ];
    this.#clearing = Object.entries(CLEARINGS).map(([name, clear]) =>
      loops.add(
        new Loop({
          name: `clear-${name}`,
          // No items: statements delete rows by their state and age alone.
          runOnce: async () => (await clear(database)) > 0,
          outage: new Outage(`Rows of ${name} can't be deleted`, log),
          pollMs: CLEAR_EVERY_MS,
        }),
      ),
    );
    loops.register(mailsWork());
    if (config.smtpUrl === null) return;
    const client = new SmtpClient({
      url: config.smtpUrl,
      caFile: config.smtpCaFile,
      from: config.mailFrom,
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    });
    const unreachable = new Outage("The mail server can't be used", log);
    const sender = new Sender({
      claim: (limits) => claim(database, limits, leaseMs),
      deliver: (mail, hangUp) =>
        mail.abandoned ? this.#deliverAlone(client, mail) : client.deliver(mail, hangUp),
      settle: (mail, outcome) => this.#settle(mail, outcome),
      ...(options.slowMs === undefined ? {} : { slowMs: options.slowMs }),
      onRoom: () => this.#sending?.wake(),
      onUnreachable: (reason, pauseMs) => {
        unreachable.failed(reason);
        this.#probe = setTimeout(() => this.#sending?.wake(), pauseMs + 1).unref();
      },
    });
    this.#client = client;
    this.#sender = sender;
    // Its items are mails, one in each lane; `#settle` isolates them.
    this.#sending = loops.add(
      new Loop({
        name: 'sending',
        runOnce: async () => {
          if (sender.reachable) unreachable.over();
          const begun = await sender.runOnce();
          const [unsettled] = this.#unsettled.values();
          const blocked = unsettled ?? sender.obstacle;
          return blocked === null ? begun > 0 : { blocked };
        },
        outage: new Outage('No mails can be taken from the queue', log),
        wokenBy: [mailsQueued.of(database)],
      }),
    );
    this.#renewing = loops.add(
      new Loop({
        name: 'leases',
        // No items: one statement renews all leases of this node.
        runOnce: async () => {
          const { leases } = sender;
          if (leases.length > 0) await renew(database, leases, leaseMs);
          return false;
        },
        outage: new Outage("Leases can't be renewed", log),
        pollMs: leaseMs / 3,
      }),
    );
  }

  /** A loop that makes mails. Each has its own, so that none waits for another. */
  #composer(name: string, work: ItemWork<Composed>): Loop {
    const isolated = this.#options.loops.isolate(work);
    const loop: Loop = this.#options.loops.add(
      new Loop({
        name,
        runOnce: async () => {
          const { mails, held } = await isolated.runOnce();
          if (mails === 0 && held > 0) this.#lookAgain(loop);
          return mails > 0;
        },
        outage: new Outage(`No mails can be made of ${name}`, this.#options.log),
        wokenBy: [factsTaken.of(this.#options.database)],
      }),
    );
    return loop;
  }

  #lookAgain(loop: Loop): void {
    const look = setTimeout(() => {
      this.#looks.delete(look);
      loop.wake();
    }, HELD_MS).unref();
    this.#looks.add(look);
  }

  start(): void {
    const { config, log } = this.#options;
    for (const loop of [...this.#composing, ...this.#clearing]) loop.start();
    this.#renewing?.start();
    this.#sending?.start();
    if (config.smtpUrl === null) log.info('SMTP_URL is not set: mails wait in the queue');
  }

  /** What is under way may end, for a bounded time; then its connections are closed, and the mails go back to the queue. */
  async stop(): Promise<void> {
    this.#sender?.stop();
    const making = [...this.#composing, ...this.#clearing];
    await Promise.all([...making.map((loop) => loop.stop()), this.#sending?.stop()]);
    for (const look of this.#looks) clearTimeout(look);
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

  /**
   * Tries a mail whose last lease was abandoned: counted before, and one at a time, so that a mail that kills the process is found out. It
   * ends failed then. Never throws.
   */
  #deliverAlone(client: SmtpClient, mail: ClaimedMail): Promise<Outcome> {
    const { database } = this.#options;
    return this.#mutex.run(async () => {
      // Where the database is away the attempt is not counted: the next one is.
      const died = await countMailAttempt(database, mail).catch(() => 0);
      const reason = `kills_process: the process died in each of ${died} attempts at this mail alone`;
      const outcome: Outcome =
        died >= MAX_LONE_ATTEMPTS ? { kind: 'refused', reason } : await client.deliver(mail);
      await forgetMailAttempts(database, mail).catch(() => {});
      return outcome;
    });
  }

  /**
   * A mail that was sent must be known as sent: this node tries to write it down for as long as it lives, unless no repetition helps. Then the
   * mail is set aside with its outcome, and its lane and its mailbox go on.
   */
  async #settle(mail: ClaimedMail, outcome: Outcome): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      try {
        await this.#settleOnce(mail, outcome);
        this.#unsettled.delete(mail.id);
        if (this.#unsettled.size === 0) this.#unwritten.over();
        return;
      } catch (error) {
        this.#unsettled.set(mail.id, `The end of mail ${mail.id} can't be written down: ${String(error)}`);
        this.#unwritten.failed(error);
        if (signal.aborted) return;
        await delay(SETTLE_AGAIN_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  /** Throws what a repetition may mend. */
  async #settleOnce(mail: ClaimedMail, outcome: Outcome): Promise<void> {
    const { database, log } = this.#options;
    try {
      await settle(database, mail, outcome);
    } catch (error) {
      if (mayPass(error)) throw error;
      const code = await setMailAside(database, mail, outcome, error);
      log.error(`mailer-mails: set aside mail/${mail.id} (${code}): ${String(error)}`);
    }
  }
}
