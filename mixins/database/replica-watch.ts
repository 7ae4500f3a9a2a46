/**
 * Knows which of a service's two servers can be read from at the moment. It asks both all the time, so that no request has to find out by
 * waiting: a server that refuses is noticed at once, one that hangs within `LOOK_EVERY_MS` and the time a probe waits for its answer.
 */
import { Loop } from '#mixins/loops/loop.ts';
import { Outage } from '#mixins/outage.ts';
import { messageOf } from '#schemas/text.ts';
import { type Address, variableOf } from './address.ts';
import { Lag } from './lag.ts';
import { ANSWER_WITHIN_MS, LOOK_AT_PRIMARY, lookAtReplica, Probe, type ServerIdentity } from './probe.ts';
import type { Server, Watch } from './read-route.ts';

/** Pause between two looks at a server, in milliseconds. */
const LOOK_EVERY_MS = 1_000;
/** After so many milliseconds at most it is known that a server hangs, and what reads goes on at the other one. */
export const FOUND_OUT_WITHIN_MS = LOOK_EVERY_MS + ANSWER_WITHIN_MS;
/** A replica that lacks what is older than this is not read while its primary answers, in milliseconds. */
const MAX_LAG_MS = 10_000;
/** For how long the replica must be unusable before that is logged, in milliseconds: at a first start it has to hear of its database first. */
const WARN_AFTER_MS = 1_000;

export interface ReplicaWatchOptions {
  readonly service: string;
  readonly primary: Address;
  readonly replica: Address;
  /** Names of all migrations of this release: a replica that lacks one can't answer its questions. */
  readonly migrations: readonly string[];
  /** Whether the primary has them too. */
  readonly isPrimaryMigrated: () => boolean;
  /** How late it may be, in milliseconds. Default `MAX_LAG_MS`. */
  readonly maxLagMs?: number;
  /** Pause between two looks at a server, in milliseconds. Default `LOOK_EVERY_MS`. */
  readonly lookEveryMs?: number | undefined;
  readonly log: { info(text: string): void; warn(text: string): void };
}

/** Asks from `start` to `stop`; `start` resolves when both have answered, or not, once. */
export class ReplicaWatch implements Watch {
  readonly #options: ReplicaWatchOptions;
  readonly #probes: Readonly<Record<Server, Probe>>;
  readonly #loops: readonly Loop[];
  readonly #lag = new Lag();
  readonly #maxLagMs: number;
  readonly #answers: Record<Server, boolean> = { primary: false, replica: false };
  readonly #listeners: Readonly<Record<Server, Set<() => void>>> = { primary: new Set(), replica: new Set() };
  /** As they were at the last answer; `replayed` is null for what is no standby. */
  #primary: ServerIdentity | undefined;
  #replica: (ServerIdentity & { readonly replayed: number | null }) | undefined;
  #stopped = false;
  readonly #looks: Partial<Record<Server, Promise<void>>> = {};
  /** Since when the replica is unusable, and whether that was logged; undefined: it is good. */
  #bad: { readonly since: number; logged: boolean } | undefined;

  constructor(options: ReplicaWatchOptions) {
    const { primary, replica, service } = options;
    this.#options = options;
    this.#maxLagMs = options.maxLagMs ?? MAX_LAG_MS;
    this.#probes = { primary: new Probe(primary, service), replica: new Probe(replica, service) };
    const loopOf = (server: Server) =>
      new Loop({
        // Not among the service's loops: it looks, and has no work.
        name: `look-at-${server}`,
        runOnce: () => this.#look(server).then(() => false),
        // A look catches what a server can answer.
        outage: new Outage(`The ${server} of ${service} can't be looked at`, options.log),
        pollMs: options.lookEveryMs ?? LOOK_EVERY_MS,
      });
    this.#loops = [loopOf('primary'), loopOf('replica')];
  }

  /** Resolves when both were looked at once; a server that does not answer takes no longer than a probe waits. */
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

  /** Why the replica may not show what it should; null: it does. With its primary away it can't be late: nobody knows more than it does. */
  #fault(): string | null {
    if (!this.#answers.primary || this.#replica === undefined) return null;
    const { system, started, replayed } = this.#replica;
    if (replayed !== null) {
      const isLate = this.#lag.at(performance.now()) > this.#maxLagMs;
      return isLate ? `it is more than ${this.#maxLagMs} ms behind its primary` : null;
    }
    // Unless the URL leads to the primary itself.
    const isFork = system === this.#primary?.system && started !== this.#primary.started;
    return isFork ? 'it was promoted, and hears no more of what its primary writes' : null;
  }

  /** Joins the look that is under way, if there is one. */
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
      // Whoever needs it says so in the log.
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

  /** Logs when the replica falls out and when it is back: one line each, however long it lasts. `reason` null: it is good. */
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
