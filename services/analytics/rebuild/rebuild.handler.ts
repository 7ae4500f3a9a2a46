/**
 * The rebuild (ANA-5): a job in the table `generation` that all nodes of analytics share, so that
 * it survives any of them. The live generation stays unchanged until another one replaces it.
 */
import { copyDiscarded, forgetConsumers, newTrouble, type ReplayPair } from '#mixins/consumer/replay.ts';
import type { Database } from '#mixins/database/database.ts';
import { appendOperatorAction } from '#mixins/outbox/append.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import {
  currentGenerations,
  emptySlot,
  endBuilding,
  flipTo,
  insertBuilding,
  lockGenerations,
  newestRebuild,
  nextNumber,
  noteCleaned,
  setTargets,
  uncleanedGenerations,
} from './generation.store.ts';
import type { Generation, Targets } from './generation.ts';
import { shortfalls } from './rebuild.store.ts';
import { isThrough, obstacleIn, type Progress, type Reach, shortfallReason } from './rebuild.ts';

/** The running consumers of a generation on this node. */
export interface Reading {
  stop(): Promise<void>;
  readonly stoppedBecause: string | undefined;
}

/** The operations on streams that a rebuild needs. All of them throw while NATS is unavailable. */
export interface Streams {
  reach(): Promise<(Reach & { readonly service: string; readonly last: number })[]>;
  /** Starts or continues reading all streams for a generation. */
  read(number: number): Reading;
  progress(number: number): Promise<Progress[]>;
  /** Deletes the durables of a generation. */
  remove(number: number): Promise<void>;
  /** The consumers of a generation, each with the live one that it corresponds to. */
  pairs(number: number): ReplayPair[];
}

export interface StreamStatus {
  /** The service that owns the stream. */
  readonly service: string;
  readonly applied: number;
  /** Null until it was looked up. */
  readonly target: number | null;
}

export interface RebuildStatus {
  readonly live: { readonly generation: number; readonly since: Date | null };
  /** The newest rebuild; null if there was none. Its state is `live` after a success. */
  readonly rebuild:
    | (Pick<Generation, 'number' | 'state' | 'reason' | 'startedAt' | 'liveAt' | 'endedAt'> & {
        readonly streams: readonly StreamStatus[];
      })
    | null;
}

declare module '#schemas/intervention.ts' {
  interface InterventionSteps {
    /** The target is the generation of figures. */
    'rebuild-started': true;
    'rebuild-cancelled': true;
  }
}

/**
 * Starts a rebuild, or returns the number of the one that is under way. Throws `rebuild_refused`,
 * with a hint, when the streams no longer have their first events.
 */
export async function startRebuild(database: Database, streams: Streams, cause: Cause): Promise<number> {
  const obstacle = obstacleIn(await streams.reach());
  return await database.inTransaction(async (tx) => {
    await lockGenerations(tx);
    const building = (await currentGenerations(tx)).find(({ state }) => state === 'building');
    if (building !== undefined) return building.number;
    if (obstacle !== null) throw new Problem('rebuild_refused', obstacle);
    const number = await nextNumber(tx);
    await emptySlot(tx, number % 2);
    await copyDiscarded(tx, streams.pairs(number));
    await appendOperatorAction(tx, { step: 'rebuild-started', target: `generation ${number}` }, cause);
    return (await insertBuilding(tx, number)).number;
  });
}

/** Cancels the rebuild that is under way; throws `conflict` when there is none. */
export async function cancelRebuild(database: Database, cause: Cause): Promise<void> {
  await database.inTransaction(async (tx) => {
    await lockGenerations(tx);
    const building = (await currentGenerations(tx)).find(({ state }) => state === 'building');
    if (building === undefined) throw new Problem('conflict', 'No rebuild is under way');
    await endBuilding(tx, building.number, 'cancelled', 'It was cancelled');
    const target = `generation ${building.number}`;
    await appendOperatorAction(tx, { step: 'rebuild-cancelled', target }, cause);
  });
}

export async function rebuildStatus(database: Database, streams: Streams): Promise<RebuildStatus> {
  const [live, newest] = await database.inTransaction(async (tx) => {
    const current = await currentGenerations(tx);
    return [current.find(({ state }) => state === 'live'), await newestRebuild(tx)] as const;
  });
  if (live === undefined) throw new Error('No generation is live');
  const since = { generation: live.number, since: live.liveAt };
  if (newest === undefined) return { live: since, rebuild: null };
  const { number, state, reason, startedAt, liveAt, endedAt } = newest;
  const building = state === 'building';
  const streamsNow = building ? await statusOfStreams(streams, number, newest.targets) : [];
  return {
    live: since,
    rebuild: { number, state, reason, startedAt, liveAt, endedAt, streams: streamsNow },
  };
}

/** Durables that do not exist yet have no progress. */
async function statusOfStreams(
  streams: Streams,
  number: number,
  targets: Targets | null,
): Promise<StreamStatus[]> {
  const progress = await streams.progress(number).catch(() => [] as Progress[]);
  return progress.map(({ service, applied }) => {
    const target = targets?.[service] ?? null;
    return { service, applied: target === null ? applied : Math.min(applied, target), target };
  });
}

/** The part of one node in rebuilds. */
export class Rebuilder {
  readonly #database: Database;
  readonly #streams: Streams;
  #reading: { readonly number: number; readonly by: Reading } | undefined;

  constructor(database: Database, streams: Streams) {
    this.#database = database;
    this.#streams = streams;
  }

  /**
   * Reads the state and makes at most one step. Any number of nodes may do this at the same time.
   */
  async runOnce(): Promise<'idle' | 'building' | 'live' | 'refused'> {
    const { building, uncleaned } = await this.#database.inTransaction(async (tx) => ({
      building: (await currentGenerations(tx)).find(({ state }) => state === 'building'),
      uncleaned: await uncleanedGenerations(tx),
    }));
    if (this.#reading !== undefined && this.#reading.number !== building?.number) await this.#endReading();
    // A failed clean-up must not delay a rebuild.
    const [cleaned] = await Promise.allSettled([this.#clean(uncleaned)]);
    const outcome = await this.#build(building);
    const hasEnded = outcome === 'live' || outcome === 'refused';
    if (cleaned.status === 'rejected' && !hasEnded) throw cleaned.reason;
    return outcome;
  }

  async #build(building: Generation | undefined): Promise<'idle' | 'building' | 'live' | 'refused'> {
    if (building === undefined) return 'idle';
    this.#reading ??= { number: building.number, by: this.#streams.read(building.number) };
    const { targets, number } = building;
    // Targets are looked up after the generation was announced: later events reach it through the
    // live consumers.
    if (targets === null) return await this.#lookUpTargets(number);
    const stopped = this.#reading.by.stoppedBecause;
    if (stopped !== undefined) return await this.#refuse(number, `A consumer stopped: ${stopped}`);
    return isThrough(targets, await this.#streams.progress(number))
      ? await this.#finish(building)
      : 'building';
  }

  /** Stops reading when the node stops. The durables stay for the other nodes or the next start. */
  async stop(): Promise<void> {
    await this.#reading?.by.stop();
    this.#reading = undefined;
  }

  async #lookUpTargets(number: number): Promise<'building'> {
    const reaches = await this.#streams.reach();
    const targets = Object.fromEntries(reaches.map(({ service, last }) => [service, last]));
    await this.#database.inTransaction((tx) => setTargets(tx, number, targets));
    return 'building';
  }

  async #finish({ number, slot }: Generation): Promise<'live' | 'refused'> {
    const reason = await this.#database.inTransaction(async (tx) => {
      const trouble = await newTrouble(tx, this.#streams.pairs(number));
      if (trouble !== undefined) {
        const { count, consumer, eventKey, code, message } = trouble;
        return `${count} events were set aside that the live figures contain, the first (event ${eventKey}, ${consumer}) because: ${message} (${code})`;
      }
      const found = await shortfalls(tx, 1 - slot, slot);
      return found.length === 0 ? null : shortfallReason(found);
    });
    if (reason !== null) return await this.#refuse(number, reason);
    await this.#database.inTransaction(async (tx) => {
      await lockGenerations(tx);
      const current = await currentGenerations(tx);
      // Another node may have done it, or an operator may have cancelled it.
      if (current.some((each) => each.state === 'building' && each.number === number))
        await flipTo(tx, number);
    });
    return 'live';
  }

  async #refuse(number: number, reason: string): Promise<'refused'> {
    await this.#database.inTransaction(async (tx) => {
      await lockGenerations(tx);
      await endBuilding(tx, number, 'refused', reason);
    });
    return 'refused';
  }

  async #endReading(): Promise<void> {
    const reading = this.#reading;
    if (reading === undefined) return;
    await reading.by.stop();
    this.#reading = undefined;
    // Another node may have cleaned up while this node still read, which created the durables
    // again.
    await this.#forget([reading.number]);
  }

  /** Removes the durables of generations, and their state in the database. */
  async #forget(numbers: readonly number[]): Promise<void> {
    for (const number of numbers) await this.#streams.remove(number);
    const names = numbers.flatMap((number) => this.#streams.pairs(number).map(({ replay }) => replay));
    await this.#database.inTransaction((tx) => forgetConsumers(tx, names));
  }

  /** Removes rows and durables of ended generations. */
  async #clean(ended: readonly Generation[]): Promise<void> {
    if (ended.length === 0) return;
    const numbers = ended.map(({ number }) => number);
    await this.#forget(numbers);
    await this.#database.inTransaction(async (tx) => {
      await lockGenerations(tx);
      const used = (await currentGenerations(tx)).map(({ slot }) => slot);
      const free = new Set(ended.map(({ slot }) => slot).filter((slot) => !used.includes(slot)));
      for (const slot of free) await emptySlot(tx, slot);
      await noteCleaned(tx, numbers);
    });
  }
}
