/**
 * The background work of a mailer node: it composes mails from facts, sends them, and deletes used
 * facts.
 */
import type { KeyObject } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '#mixins/bus/bus.ts';
import { countAttempt, forgetAttempts, mayPass } from '#mixins/consumer/retry.ts';
import type { Database } from '#mixins/database/database.ts';
import type { Log } from '#mixins/log.ts';
import { MAX_LONE_ATTEMPTS } from '#mixins/loops/isolation.ts';
import type { ItemWork } from '#mixins/loops/item-work.ts';
import type { Loop } from '#mixins/loops/loop.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import { durableName, streamName } from '#mixins/names.ts';
import { Outage } from '#mixins/outage.ts';
import type { Traces } from '#mixins/tracing/traces.ts';
import { Turns } from '#mixins/turns.ts';
import type { Config } from '../../../config.ts';
import { digestsWork } from '../digests/compose-digests.handler.ts';
import { CLEARINGS } from '../mails/clear-facts.handler.ts';
import type { Composed } from '../mails/compose.ts';
import { MAILS } from '../mails/items.ts';
import { claimMails, LEASE_MS, renewLeases } from '../mails/mail.store.ts';
import { type ClaimedMail, type Outcome, shown } from '../mails/mail.ts';
import { factsTaken, mailsQueued } from '../mails/signals.ts';
import { payoutsWork } from '../payouts/compose-payouts.handler.ts';
import { requestsWork } from '../requests/compose-requests.handler.ts';
import type { HangUp } from './hang-up.ts';
import type { AttemptCounts } from './mail-metrics.query.ts';
import { revealSecret } from './reveal-secret.ts';
import { readSealingKeys } from './sealing-key.store.ts';
import { Sender } from './sender.ts';
import { deadLetterMail, mailsWork, settle } from './settle-mail.handler.ts';
import { SmtpClient, type SmtpLimits } from './smtp.client.ts';

export interface MailWorkOptions {
  readonly database: Database;
  readonly config: Config;
  readonly bus: Bus;
  readonly loops: Loops;
  readonly log: Log;
  /** Default: traces are off. */
  readonly traces?: Traces | undefined;
  /** Shorter limits for tests. */
  readonly limits?: Partial<SmtpLimits>;
  /**
   * Milliseconds after which a mail counts as slow. Default: that of the sender. Shorter for tests.
   */
  readonly slowMs?: number;
  /**
   * How long a stop waits for mails under way, in milliseconds. Default: `STOP_WITHIN_MS`. Shorter
   * for tests.
   */
  readonly stopWithinMs?: number;
  /**
   * How long a lease of a mailbox lasts, in milliseconds. Default: `LEASE_MS`. Shorter for tests.
   */
  readonly leaseMs?: number;
}

/**
 * Pause before new facts are checked again, in milliseconds. The broker may not have recorded their
 * acknowledgement yet.
 */
const CHECK_AGAIN_MS = 50;
/** Interval between deletions of used facts, in milliseconds. */
const CLEAR_EVERY_MS = 15_000;
/**
 * How long a stop waits for mails under way, in milliseconds. It is below Moleculer's shutdown
 * time-out.
 */
const STOP_WITHIN_MS = 7_000;
/** Pause between two attempts to record the outcome of a mail, in milliseconds. */
const SETTLE_AGAIN_MS = 500;

export class MailWork {
  readonly #options: MailWorkOptions;
  /** The loops that compose mails and delete facts. */
  readonly #making: readonly Loop[];
  readonly #sending: Loop | undefined;
  readonly #renewing: Loop | undefined;
  readonly #sender: Sender | undefined;
  readonly #client: SmtpClient | undefined;
  readonly #stopping = new AbortController();
  readonly #unwritten: Outage;
  /**
   * Runs attempts at mails with an expired lease one at a time, because one of them may have killed
   * the process.
   */
  readonly #mutex = new Turns(1);
  /** Reasons why ends of mails cannot be recorded now, by mail. */
  readonly #unsettled = new Map<string, string>();
  readonly #attempts: Record<Outcome['kind'], number> = { sent: 0, refused: 0, deferred: 0, unreachable: 0 };

  constructor(options: MailWorkOptions) {
    this.#options = options;
    const { database, config, log, loops, leaseMs = LEASE_MS } = options;
    this.#unwritten = new Outage('Ends of mails cannot be recorded', log);
    const clearing = Object.entries(CLEARINGS).map(([name, clear]) =>
      loops.make({
        name: `clear-${name}`,
        // There are no items: the statements select rows only by state and age.
        runOnce: async () => (await clear(database)) > 0,
        failing: `Rows of ${name} cannot be deleted`,
        pollMs: CLEAR_EVERY_MS,
      }),
    );
    this.#making = [
      this.#composer(
        'requests',
        requestsWork(database, config, () => this.#floor()),
      ),
      this.#composer('payouts', payoutsWork(database, config)),
      this.#composer('digests', digestsWork(database, config)),
      ...clearing,
    ];
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
      claim: (limits) => database.inTransaction((tx) => claimMails(tx, limits, leaseMs)),
      deliver: (mail, hangUp) => this.#deliverInSpan(client, mail, hangUp),
      settle: (mail, outcome) => this.#settle(mail, outcome),
      ...(options.slowMs === undefined ? {} : { slowMs: options.slowMs }),
      onRoom: () => this.#sending?.wake(),
      onUnreachable: (reason, pauseMs) => {
        unreachable.failed(reason);
        setTimeout(() => this.#sending?.wake(), pauseMs + 1).unref();
      },
    });
    this.#client = client;
    this.#sender = sender;
    // Its items are mails, one in each lane. `#settle` isolates them.
    this.#sending = loops.make({
      name: 'sending',
      runOnce: async () => {
        if (sender.reachable) unreachable.over();
        const begun = await sender.runOnce();
        const [unsettled] = this.#unsettled.values();
        const blocked = unsettled ?? sender.obstacle;
        return blocked === null ? begun > 0 : { blocked };
      },
      failing: 'No mails can be taken from the queue',
      wokenBy: [mailsQueued.of(database)],
    });
    this.#renewing = loops.make({
      name: 'leases',
      // There are no items: one statement renews only the leases of mails under way. A lease whose
      // claim committed without an answer would otherwise be renewed for ever.
      runOnce: async () => {
        const { leases } = sender;
        if (leases.length > 0) await database.inTransaction((tx) => renewLeases(tx, leases, leaseMs));
        return false;
      },
      failing: 'Leases cannot be renewed',
      pollMs: leaseMs / 3,
    });
  }

  /** The ends of this node's attempts. */
  get attempts(): AttemptCounts {
    return this.#attempts;
  }

  /** A loop that composes mails. Each kind has its own, so that none waits for another. */
  #composer(name: string, work: ItemWork<Composed>): Loop {
    const { loops, database } = this.#options;
    const isolated = loops.isolate(work);
    return loops.make({
      name,
      runOnce: async () => {
        const { mails, waiting } = await isolated.runOnce();
        return mails === 0 && waiting > 0 ? { againMs: CHECK_AGAIN_MS } : mails > 0;
      },
      failing: `No mails can be composed from ${name}`,
      wokenBy: [factsTaken.of(database)],
    });
  }

  start(): void {
    const { config, log } = this.#options;
    for (const loop of [...this.#making, this.#renewing, this.#sending]) loop?.start();
    if (config.smtpUrl === null) log.info('SMTP_URL is not set: mails wait in the queue');
  }

  /**
   * Mails under way get a bounded time to end. Then their connections are closed, and the mails go
   * back to the queue.
   */
  async stop(): Promise<void> {
    this.#sender?.stop();
    await Promise.all([...this.#making, this.#sending].map((loop) => loop?.stop()));
    const hangUp = setTimeout(() => {
      this.#stopping.abort();
      this.#client?.close();
    }, this.#options.stopWithinMs ?? STOP_WITHIN_MS);
    await this.#sender?.settled();
    clearTimeout(hangUp);
    this.#client?.close();
    await this.#renewing?.stop();
  }

  /** The stream position up to which the broker has all acknowledgements of requests. */
  async #floor(): Promise<number | null> {
    const { bus, config } = this.#options;
    if (!bus.connected) return null;
    try {
      const stream = streamName(config.namespace, 'mailer');
      const { ack_floor } = await bus.manager.consumers.info(stream, durableName('mailer', 'requests'));
      return ack_floor.stream_seq;
    } catch {
      // The broker is unavailable. Requests wait until it is back, or until they are overdue.
      return null;
    }
  }

  /** An attempt, with its span in the trace of what requested the mail. Never throws. */
  async #deliverInSpan(client: SmtpClient, mail: ClaimedMail, hangUp: HangUp): Promise<Outcome> {
    const { traces, database } = this.#options;
    const { service } = database;
    const attributes = { 'mail.id': mail.id, 'mail.template': mail.template ?? 'none' };
    const span = traces?.below(mail.traceparent, 'send mail', { kind: 'client', service, attributes });
    const outcome =
      mail.lastFailure === 'abandoned'
        ? await this.#deliverAlone(client, mail, hangUp)
        : await this.#deliver(client, mail, hangUp);
    span?.end(outcome.kind === 'sent' ? undefined : { type: outcome.kind });
    return outcome;
  }

  /** Tries a mail, with its secret. Never throws. */
  async #deliver(client: SmtpClient, mail: ClaimedMail, hangUp: HangUp): Promise<Outcome> {
    if (mail.sealed === null) return client.deliver(mail, hangUp);
    let privateKey: KeyObject;
    try {
      ({ privateKey } = await readSealingKeys(this.#options.database));
    } catch (error) {
      return {
        kind: 'deferred',
        reason: shown(`no_key: the key of its secret can't be read: ${String(error)}`),
      };
    }
    const revealed = await revealSecret(mail, privateKey).catch(() => null);
    if (revealed === null)
      return { kind: 'refused', reason: 'unreadable_secret: it was sealed for somebody else' };
    return client.deliver(revealed, hangUp);
  }

  /**
   * Tries a mail whose last lease expired. Such attempts run one at a time and are counted
   * beforehand, which identifies a mail that kills the process. That mail fails for good. Never
   * throws.
   */
  #deliverAlone(client: SmtpClient, mail: ClaimedMail, hangUp: HangUp): Promise<Outcome> {
    const { database } = this.#options;
    return this.#mutex.run(async () => {
      // Without the database the attempt is not counted. The next one is.
      const died = await database.inTransaction((tx) => countAttempt(tx, MAILS, mail.id, 0)).catch(() => 0);
      const reason = `kills_process: the process died in each of ${died} attempts at this mail alone`;
      const outcome: Outcome =
        died >= MAX_LONE_ATTEMPTS ? { kind: 'refused', reason } : await this.#deliver(client, mail, hangUp);
      await database.inTransaction((tx) => forgetAttempts(tx, MAILS, mail.id)).catch(() => {});
      return outcome;
    });
  }

  /**
   * Records the outcome of a mail. A sent mail must be recorded as sent, so this repeats until it
   * succeeds or the node stops. If no repetition helps, the mail is dead-lettered with its outcome,
   * and its lane and mailbox continue.
   */
  async #settle(mail: ClaimedMail, outcome: Outcome): Promise<void> {
    const { signal } = this.#stopping;
    this.#attempts[outcome.kind] += 1;
    for (;;) {
      try {
        await this.#settleOnce(mail, outcome);
        this.#unsettled.delete(mail.id);
        if (this.#unsettled.size === 0) this.#unwritten.over();
        return;
      } catch (error) {
        this.#unsettled.set(mail.id, `The end of mail ${mail.id} cannot be recorded: ${String(error)}`);
        this.#unwritten.failed(error);
        if (signal.aborted) return;
        await delay(SETTLE_AGAIN_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  /** Throws errors that a repetition may fix. */
  async #settleOnce(mail: ClaimedMail, outcome: Outcome): Promise<void> {
    const { database, log } = this.#options;
    try {
      await settle(database, mail, outcome);
    } catch (error) {
      if (mayPass(error)) throw error;
      const code = await deadLetterMail(database, mail, outcome, error);
      log.error(`mailer-mails: dead-lettered mail/${mail.id} (${code}): ${String(error)}`);
    }
  }
}
