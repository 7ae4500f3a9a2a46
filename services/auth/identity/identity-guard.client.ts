/**
 * Repairs the bucket `identity` from auth's tables (AUTH-4): anyone who can reach NATS may write
 * there, and all nodes trust it.
 *
 * Each change of the bucket is judged about a second later, and the whole bucket every ten minutes.
 * Foreign entries are removed, altered and deleted ones are put back, and both are reported.
 * Several nodes may do this at the same time: each write applies only to the judged revision.
 */
import { NatsError } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { BucketFollower } from '#mixins/bus/follow-bucket.ts';
import type { BucketEntry } from '#mixins/bus/watch-bucket.ts';
import { sessionEntry } from '#mixins/identity/access-token.ts';
import { IDENTITY_BUCKET } from '#mixins/identity/identity.ts';
import { Loop } from '#mixins/loops/loop.ts';
import type { Pass } from '#mixins/loops/progress.ts';
import { Outage, type OutageLog } from '#mixins/outage.ts';
import type { Cause } from '#schemas/envelope.ts';
import type { InterventionStep } from '#schemas/intervention.ts';
import { messageOf, truncate } from '#schemas/text.ts';
import type { Auth } from '../context.ts';
import { compareEntries, reportEntries } from './compare-entries.handler.ts';
import { type HeldEntry, shownKey } from './held-entries.ts';
import type { IdentityBucket } from './identity-bucket.client.ts';
import { keysToHold, readRows } from './identity-entry.store.ts';

/** Entries that one pass judges. */
const BATCH = 200;
/**
 * The delay before a changed entry is judged, in milliseconds. By then auth's own write is nearly
 * always complete.
 */
const SETTLE_MS = 1_000;
const POLL_MS = 500;
/** How often the guard checks whether entries were purged from the stream, in milliseconds. */
const LOOK_MS = 1_000;
/** How often the whole bucket is compared, in milliseconds. */
const COMPLETE_MS = 10 * 60_000;
/** The shortest time between two full reads because entries are gone, in milliseconds. */
const READ_AGAIN_MS = 3_000;
/** Keys that one pass compares in search of missing entries. */
const LISTED_AT_ONCE = 1_000;
/** The longest list of keys in a log line, in characters. */
const MAX_LISTED = 500;

/** The log for what the guard found. */
export interface GuardLog extends OutageLog {
  error(message: string): void;
}

/** An entry that is due to be judged. */
interface Suspect {
  readonly entry: HeldEntry;
  /** The time at which it is due, by `performance.now()`. */
  readonly at: number;
  /** Whether the previous read had the same revision. */
  readonly isOld: boolean;
}

/** Each node of auth has one guard. */
export class IdentityGuard {
  readonly #auth: Auth;
  readonly #bus: Bus;
  readonly #bucket: IdentityBucket;
  readonly #log: GuardLog;
  readonly #outage: Outage;
  readonly #unread: Outage;
  readonly #stuck: Outage;
  /** Whether NATS has refused to change an entry in this pass. */
  #wasRefused = false;
  readonly #cause: Cause;
  readonly #follower: BucketFollower;
  /**
   * Its items are entries. An entry that can't be judged or repaired is retried a second later and
   * does not block the others.
   */
  readonly loop: Loop;
  /**
   * The keys of the bucket, including deleted ones, with their latest revisions that this node
   * received.
   */
  #held = new Map<string, number>();
  /** The same, of the previous read. */
  #before: ReadonlyMap<string, number> = new Map();
  /** By key, in the order in which they are due. */
  readonly #suspects = new Map<string, Suspect>();
  /**
   * Keys and revisions that an event reports and that are not repaired yet. A pass that fails
   * judges them again.
   */
  readonly #reported = new Set<string>();
  /** When the bucket's stream was made. */
  #created = '';
  #isReading = false;
  /** Whether the current read judges all entries, not only the changed ones. */
  #isComplete = true;
  #completeAt = 0;
  /**
   * The last key that was compared in search of missing entries; undefined when no search is under
   * way.
   */
  #listedUpTo: string | undefined;
  #lookAt = 0;
  #readAgainAt = 0;

  constructor(auth: Auth, bus: Bus, bucket: IdentityBucket, log: GuardLog, cause: Cause) {
    this.#auth = auth;
    this.#bus = bus;
    this.#bucket = bucket;
    this.#log = log;
    this.#outage = new Outage("The identity bucket can't be compared", log);
    this.#unread = new Outage("The identity bucket can't be read to be compared", log);
    this.#stuck = new Outage("Entries of the identity bucket can't be put right", log);
    this.#cause = cause;
    this.#follower = new BucketFollower(bus, IDENTITY_BUCKET, {
      apply: async (entry) => this.#note(entry),
      onBegin: (created) => this.#begin(created),
      onComplete: () => this.#end(),
      onError: (error) => this.#unread.failed(error),
      onWell: () => this.#unread.over(),
    });
    // Failures do not count as errors of the loop: its growing pauses would exceed the 5 s of
    // AUTH-4.
    this.loop = new Loop({
      name: 'identity-guard',
      runOnce: () => this.#attempt(),
      pollMs: POLL_MS,
    });
  }

  start(): void {
    this.#completeAt = performance.now() + COMPLETE_MS;
    void this.#follower.start();
    this.loop.start();
  }

  /** Waits for the pass that is under way. */
  async stop(): Promise<void> {
    await Promise.all([this.#follower.stop(), this.loop.stop()]);
  }

  /** Makes one bounded pass. Returns the number of judged entries. */
  async runOnce(): Promise<number> {
    if (!this.#isReading) {
      if (performance.now() >= this.#completeAt) this.#follower.readAgain();
      else await this.#lookForPurged();
      await this.#lookForMissing();
    }
    const due: Suspect[] = [];
    for (const suspect of this.#suspects.values()) {
      if (suspect.at > performance.now() || due.length === BATCH) break;
      due.push(suspect);
    }
    if (due.length === 0) return 0;
    this.#wasRefused = false;
    await this.#judge(due);
    if (!this.#wasRefused) this.#stuck.over();
    return due.length;
  }

  #begin(created: string): void {
    this.#isReading = true;
    this.#isComplete ||= performance.now() >= this.#completeAt;
    // Revisions of another bucket say nothing about the entries of this one.
    this.#before = created === this.#created ? this.#held : new Map();
    this.#created = created;
    this.#held = new Map();
  }

  #note(entry: BucketEntry): void {
    const { key, revision } = entry;
    this.#held.set(key, revision);
    const isOld = this.#isReading && this.#before.get(key) === revision;
    if (isOld && !this.#isComplete) return;
    const text = entry.operation === 'PUT' ? entry.string() : undefined;
    this.#suspect({ key, revision, text }, isOld);
  }

  #end(): void {
    this.#isReading = false;
    for (const key of this.#before.keys()) {
      if (this.#held.has(key)) continue;
      const suspect = this.#suspects.get(key)?.entry;
      this.#suspect({
        key,
        revision: 0,
        text: undefined,
        vanished: suspect !== undefined && wasPut(suspect),
      });
    }
    this.#before = new Map();
    if (!this.#isComplete) return;
    this.#isComplete = false;
    this.#completeAt = performance.now() + COMPLETE_MS;
    this.#listedUpTo = '';
  }

  #suspect(entry: HeldEntry, isOld = false): void {
    // Moves the entry to the end, because entries are due in the order in which they were noted.
    this.#suspects.delete(entry.key);
    this.#suspects.set(entry.key, { entry, at: performance.now() + SETTLE_MS, isOld });
  }

  /**
   * Finds entries that the bucket must hold and that this node has never received. Part of a full
   * comparison.
   */
  async #lookForMissing(): Promise<void> {
    if (this.#listedUpTo === undefined) return;
    const after = this.#listedUpTo;
    const keys = await this.#auth.database.inTransaction((tx) => keysToHold(tx, after, LISTED_AT_ONCE));
    for (const key of keys) {
      if (!this.#held.has(key)) this.#suspect({ key, revision: 0, text: undefined });
    }
    this.#listedUpTo = keys.length < LISTED_AT_ONCE ? undefined : keys.at(-1);
  }

  /**
   * Entries may be purged from the stream, which followers do not notice. The bucket then has fewer
   * keys than before.
   */
  async #lookForPurged(): Promise<void> {
    if (performance.now() < this.#lookAt) return;
    this.#lookAt = performance.now() + LOOK_MS;
    const { last, keys } = await this.#bucket.state();
    const differs = () => this.#follower.isAt(last) && keys !== this.#held.size;
    if (!differs()) return;
    await this.#forgetExpired();
    if (!differs() || performance.now() < this.#readAgainAt) return;
    this.#readAgainAt = performance.now() + READ_AGAIN_MS;
    this.#follower.readAgain();
  }

  /** Any node's writer removes expired revocations. */
  async #forgetExpired(): Promise<void> {
    const sessions = [...this.#held.keys()].filter((key) => key.startsWith(sessionEntry('')));
    const rows = await this.#auth.database.inTransaction((tx) => readRows(tx, sessions));
    const over = sessions.filter((key) => rows.get(key)?.expired !== false);
    for (const key of over.slice(0, BATCH)) {
      if ((await this.#bucket.read(key)).revision === 0) this.#held.delete(key);
    }
  }

  async #judge(suspects: readonly Suspect[]): Promise<void> {
    const compared = await compareEntries(
      this.#auth,
      suspects.map(({ entry }) => entry),
    );
    const foreign = await this.#standing(compared.foreign);
    const altered = await this.#standing(compared.altered);
    if (await this.#report('identity-entries-removed', foreign)) {
      this.#log.error(
        `The identity bucket held ${listed(foreign)}, which auth has not written: removed. ${WHAT_TO_DO}`,
      );
    }
    await this.#each(foreign, (entry) => this.#bucket.remove(entry));
    if (await this.#report('identity-entries-restored', altered)) {
      this.#log.error(
        `In the identity bucket, somebody has changed or deleted ${listed(altered)}: put back. ${WHAT_TO_DO}`,
      );
    }
    await this.#each(altered, (entry) => this.#bucket.restore(entry, entry.value));
    await this.#each(await this.#standing(compared.expired), (entry) => this.#purge(entry));
    // Markers of removed entries, which every node has received by now.
    const old = new Set(suspects.filter(({ isOld }) => isOld).map(({ entry }) => entry));
    const markers = compared.gone.filter((entry) => old.has(entry));
    await this.#each(markers, (entry) => this.#purge(entry));
    for (const { entry } of suspects) {
      if (this.#suspects.get(entry.key)?.entry === entry) this.#suspects.delete(entry.key);
      if (this.#suspects.get(entry.key)?.entry.revision !== entry.revision)
        this.#reported.delete(revisionOf(entry));
    }
    for (const entry of compared.waiting) if (!this.#suspects.has(entry.key)) this.#suspect(entry);
  }

  /** The entries that have not changed since they were judged. Changed ones are judged again. */
  async #standing<Entry extends HeldEntry>(entries: readonly Entry[]): Promise<Entry[]> {
    const standing: Entry[] = [];
    await this.#each(entries, async (entry) => {
      const now = await this.#bucket.read(entry.key);
      if (now.revision === entry.revision) standing.push(entry);
      else this.#suspect({ ...now, vanished: now.revision === 0 && wasPut(entry) });
    });
    return standing;
  }

  /**
   * An entry that NATS refuses to change must not protect the others. When NATS does not answer at
   * all, the pass fails.
   */
  async #each<Entry extends HeldEntry>(
    entries: readonly Entry[],
    action: (entry: Entry) => Promise<unknown>,
  ): Promise<void> {
    const results = await Promise.allSettled(entries.map(action));
    for (const [index, result] of results.entries()) {
      const entry = entries[index];
      if (result.status === 'fulfilled' || entry === undefined) continue;
      const error: unknown = result.reason;
      if (!(error instanceof NatsError) || error.api_error === undefined) throw error;
      this.#wasRefused = true;
      this.#stuck.failed(`${shownKey(entry.key)}: ${error.message}`, error.message);
      this.#suspect({ ...entry });
    }
  }

  async #report(step: InterventionStep, entries: readonly HeldEntry[]): Promise<boolean> {
    const unreported = entries.filter((entry) => !this.#reported.has(revisionOf(entry)));
    if (unreported.length === 0) return false;
    const isFirst = await reportEntries(this.#auth, step, this.#created, unreported, this.#cause);
    for (const entry of unreported) this.#reported.add(revisionOf(entry));
    return isFirst;
  }

  async #purge(entry: HeldEntry): Promise<void> {
    await this.#bucket.purge(entry);
    if (this.#held.get(entry.key) === entry.revision) this.#held.delete(entry.key);
  }

  async #attempt(): Promise<Pass> {
    if (!this.#bus.connected) return { blocked: 'NATS is away' };
    try {
      const judged = await this.runOnce();
      this.#outage.over();
      return judged === BATCH;
    } catch (error) {
      this.#outage.failed(error);
      return { blocked: messageOf(error) };
    }
  }
}

const revisionOf = ({ key, revision }: HeldEntry): string => `${key} ${revision}`;

const wasPut = ({ text, vanished }: HeldEntry): boolean => text !== undefined || vanished === true;

const WHAT_TO_DO =
  'Somebody else has a credential of NATS: see the runbook, "Somebody writes to the identity bucket"';

const listed = (entries: readonly HeldEntry[]): string =>
  truncate(entries.map(({ key }) => shownKey(key)).join(', '), MAX_LISTED);
