/**
 * Tracks which of a service's two servers can be read. It checks both all the time, so that no
 * request has to find out by waiting. It notices a server that refuses at once. One that hangs is
 * found within `LOOK_EVERY_MS` and the time limit of a probe.
 */
import { Loop } from '#mixins/loops/loop.ts';
import { Outage } from '#mixins/outage.ts';
import { messageOf } from '#schemas/text.ts';
import { type Address, variableOf } from './address.ts';
import { Lag } from './lag.ts';
import { ANSWER_WITHIN_MS, LOOK_AT_PRIMARY, lookAtReplica, Probe, type ServerIdentity } from './probe.ts';
import type { Server, Watch } from './read-route.ts';

/** Pause between two checks of a server, in milliseconds. */
const LOOK_EVERY_MS = 1_000;
/**
 * A hanging server is found within this time, in milliseconds. Its reads then move to the other
 * server.
 */
export const FOUND_OUT_WITHIN_MS = LOOK_EVERY_MS + ANSWER_WITHIN_MS;
/** A replica with a larger lag is not read while its primary answers, in milliseconds. */
const MAX_LAG_MS = 10_000;
/**
 * How long the replica must be unusable before that is logged, in milliseconds. At a first start it
 * receives its database only after a while.
 */
const WARN_AFTER_MS = 1_000;

export interface ReplicaWatchOptions {
  readonly service: string;
  readonly primary: Address;
  readonly replica: Address;
  /** Names of all migrations of this release. A replica that lacks one can't serve its reads. */
  readonly migrations: readonly string[];
  /** Whether the primary has them too. */
  readonly isPrimaryMigrated: () => boolean;
  /** The largest allowed lag, in milliseconds. Default `MAX_LAG_MS`. */
  readonly maxLagMs?: number;
  /** Pause between two checks of a server, in milliseconds. Default `LOOK_EVERY_MS`. */
  readonly lookEveryMs?: number | undefined;
  readonly log: { info(text: string): void; warn(text: string): void };
}

/**
 * Checks both servers from `start` to `stop`. `start` resolves when each has answered or failed
 * once.
 */
export class ReplicaWatch implements Watch {
  readonly #options: ReplicaWatchOptions;
  readonly #probes: Readonly<Record<Server, Probe>>;
  readonly #loops: readonly Loop[];
  readonly #lag = new Lag();
  readonly #maxLagMs: number;
  readonly #answers: Record<Server, boolean> = { primary: false, replica: false };
  readonly #listeners: Readonly<Record<Server, Set<() => void>>> = { primary: new Set(), replica: new Set() };
  /** Their states at the last answer. `replayed` is null for a server that is no standby. */
  #primary: ServerIdentity | undefined;
  #replica: (ServerIdentity & { readonly replayed: number | null }) | undefined;
  #stopped = false;
  readonly #looks: Partial<Record<Server, Promise<void>>> = {};
  /**
   * Since when the replica is unusable, and whether that was logged. Undefined while it is good.
   */
  #bad: { readonly since: number; logged: boolean } | undefined;

  constructor(options: ReplicaWatchOptions) {
    const { primary, replica, service } = options;
    this.#options = options;
    this.#maxLagMs = options.maxLagMs ?? MAX_LAG_MS;
    this.#probes = { primary: new Probe(primary, service), replica: new Probe(replica, service) };
    const loopOf = (server: Server) =>
      new Loop({
        // It only checks a server and has no work, so it is not among the service's loops.
        name: `look-at-${server}`,
        runOnce: () => this.#look(server).then(() => false),
        // A check catches all errors that a server can answer.
        outage: new Outage(`The ${server} of ${service} can't be looked at`, options.log),
        pollMs: options.lookEveryMs ?? LOOK_EVERY_MS,
      });
    this.#loops = [loopOf('primary'), loopOf('replica')];
  }

  /**
   * Resolves when both were checked once. A server that does not answer takes no longer than a
   * probe's time limit.
   */
  async start(): Promise<void> {
    await Promise.all([this.#look('primary'), this.#look('replica')]);
    for (const loop of this.#loops) loop.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops.map((loop) => loop.stop()));
    for (const probe of Object.values(this.#probes)) probe.close();
  }

  isGood(server: Server): boolean {
    if (server === 'primary') return this.#answers.primary && this.#options.isPrimaryMigrated();
    return this.#answers.replica && this.#fault() === null;
  }

  async check(server: Server): Promise<boolean> {
    if (!this.#stopped) await this.#look(server);
    return this.isGood(server);
  }

  onSilence(server: Server, action: () => void): () => void {
    const listeners = this.#listeners[server];
    listeners.add(action);
    return () => listeners.delete(action);
  }

  /**
   * Why the replica may be out of date. Null where it is not. While its primary is away it does not
   * count as late, because no server is newer.
   */
  #fault(): string | null {
    if (!this.#answers.primary || this.#replica === undefined) return null;
    const { system, started, replayed } = this.#replica;
    if (replayed !== null) {
      const isLate = this.#lag.at(performance.now()) > this.#maxLagMs;
      return isLate ? `it is more than ${this.#maxLagMs} ms behind its primary` : null;
    }
    // The URL may lead to the primary itself: then the start times are equal, and it is no fork.
    const isFork = system === this.#primary?.system && started !== this.#primary.started;
    return isFork ? 'it was promoted, and hears no more of what its primary writes' : null;
  }

  /** Joins a check that is under way. */
  #look(server: Server): Promise<void> {
    this.#looks[server] ??= (server === 'primary' ? this.#lookAtPrimary() : this.#lookAtReplica()).finally(
      () => {
        delete this.#looks[server];
      },
    );
    return this.#looks[server];
  }

  async #lookAtPrimary(): Promise<void> {
    const at = performance.now();
    try {
      const answer = await this.#probes.primary.ask<ServerIdentity & { written: number }>(LOOK_AT_PRIMARY);
      this.#primary = answer;
      this.#lag.wrote(answer.written, at);
      this.#answers.primary = true;
    } catch {
      // Its users log the failure of the primary themselves.
      this.#silent('primary');
    }
  }

  async #lookAtReplica(): Promise<void> {
    try {
      this.#replica = await lookAtReplica(this.#probes.replica, this.#options.migrations);
      const { replayed } = this.#replica;
      if (replayed !== null) this.#lag.replayed(replayed);
      this.#answers.replica = true;
      this.#note(this.#fault());
    } catch (error) {
      this.#silent('replica');
      this.#note(messageOf(error));
    }
  }

  #silent(server: Server): void {
    this.#answers[server] = false;
    for (const listener of [...this.#listeners[server]]) listener();
  }

  /**
   * Logs one line when the replica becomes unusable, and one when it is back. `reason` null: it is
   * good.
   */
  #note(reason: string | null): void {
    const { service, replica, log } = this.#options;
    const name = `The read replica of ${service} (${variableOf(service, 'READ_URL')}, ${replica.host}:${replica.port})`;
    if (reason === null) {
      if (this.#bad?.logged) log.info(`${name} is read again`);
      this.#bad = undefined;
      return;
    }
    this.#bad ??= { since: performance.now(), logged: false };
    if (this.#bad.logged || performance.now() - this.#bad.since < WARN_AFTER_MS) return;
    this.#bad.logged = true;
    log.warn(`${name} can't be read, the primary answers in its place: ${reason}`);
  }
}
