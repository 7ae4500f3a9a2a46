/**
 * The rebuild (ANA-5): a job in the table `generation` that all nodes of analytics share, so that
 * it survives any of them. The live generation stays unchanged until another one replaces it.
 */
import { copyDiscarded, forgetConsumers, newTrouble, type Replay } from '#mixins/consumer/replay.ts';
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
import { shortfalls } from './rebuild.store.ts';
import { type Generation, isThrough, shortfallReason, startOf, type Targets } from './rebuild.ts';
import { isSnapshotRequested, readSnapshot, requestSnapshot, type Snapshot } from './snapshot.store.ts';
import type { Streams } from './streams.client.ts';

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
  /** The newest snapshot; null if there is none. */
  readonly snapshot: Pick<Snapshot, 'takenAt'> | null;
  /** Whether another snapshot was requested and is not taken yet. */
  readonly isSnapshotRequested: boolean;
}

declare module '#schemas/intervention.ts' {
  interface InterventionSteps {
    /** The target is the generation of figures. */
    'rebuild-started': true;
    'rebuild-cancelled': true;
    /** The target is the figures. */
    'snapshot-requested': true;
  }
}

/**
 * Starts a rebuild, or returns the number of the one that is under way. Throws `rebuild_refused`,
 * with a hint, when the streams no longer have their first events and no snapshot has them.
 */
export async function startRebuild(database: Database, streams: Streams, cause: Cause): Promise<number> {
  const snapshot = await database.inTransaction(readSnapshot);
  const start = startOf(await streams.reach(), snapshot && (await streams.reachOf(snapshot)));
  return await database.inTransaction(async (tx) => {
    await lockGenerations(tx);
    const { building } = await currentGenerations(tx);
    if (building !== undefined) return building.number;
    if (start.from === 'nothing') throw new Problem('rebuild_refused', start.obstacle);
    const number = await nextNumber(tx);
    await emptySlot(tx, number % 2);
    await copyDiscarded(tx, streams.pairs(number));
    await appendOperatorAction(tx, { step: 'rebuild-started', target: `generation ${number}` }, cause);
    await insertBuilding(tx, number, start.from === 'snapshot');
    return number;
  });
}

/** Requests a snapshot of the live figures. A node takes it soon. May be repeated. */
export async function askForSnapshot(database: Database, cause: Cause): Promise<void> {
  await database.inTransaction(async (tx) => {
    await appendOperatorAction(tx, { step: 'snapshot-requested', target: 'figures' }, cause);
    await requestSnapshot(tx);
  });
}

/** Cancels the rebuild that is under way; throws `conflict` when there is none. */
export async function cancelRebuild(database: Database, cause: Cause): Promise<void> {
  await database.inTransaction(async (tx) => {
    await lockGenerations(tx);
    const { building } = await currentGenerations(tx);
    if (building === undefined) throw new Problem('conflict', 'No rebuild is under way');
    await endBuilding(tx, building.number, 'cancelled', 'It was cancelled');
    const target = `generation ${building.number}`;
    await appendOperatorAction(tx, { step: 'rebuild-cancelled', target }, cause);
  });
}

export async function rebuildStatus(database: Database, streams: Streams): Promise<RebuildStatus> {
  const { current, newest, ...snapshots } = await database.inTransaction(async (tx) => ({
    current: (await currentGenerations(tx)).live,
    newest: await newestRebuild(tx),
    snapshot: await readSnapshot(tx),
    isSnapshotRequested: await isSnapshotRequested(tx),
  }));
  const live = { generation: current.number, since: current.liveAt };
  if (newest === undefined) return { live, rebuild: null, ...snapshots };
  const { number, state, reason, startedAt, liveAt, endedAt, targets } = newest;
  const read = state === 'building' ? await statusOfStreams(streams, number, targets) : [];
  return {
    live,
    ...snapshots,
    rebuild: { number, state, reason, startedAt, liveAt, endedAt, streams: read },
  };
}

/** Durables that do not exist yet have no progress. */
async function statusOfStreams(
  streams: Streams,
  number: number,
  targets: Targets | null,
): Promise<StreamStatus[]> {
  const progress = await streams.progress(number).catch(() => []);
  return progress.map(({ service, applied }) => {
    const target = targets?.[service] ?? null;
    return { service, applied: target === null ? applied : Math.min(applied, target), target };
  });
}

/** The part of one node in rebuilds. */
export class Rebuilder {
  readonly #database: Database;
  readonly #streams: Streams;
  #reading: { readonly number: number; readonly by: Replay } | undefined;

  constructor(database: Database, streams: Streams) {
    this.#database = database;
    this.#streams = streams;
  }

  /**
   * Reads the state and makes at most one step. Any number of nodes may do this at the same time.
   * Returns how the rebuild has ended; undefined if it has not, or there is none.
   */
  async runOnce(): Promise<'live' | 'refused' | undefined> {
    const { building, uncleaned } = await this.#database.inTransaction(async (tx) => ({
      building: (await currentGenerations(tx)).building,
      uncleaned: await uncleanedGenerations(tx),
    }));
    if (this.#reading !== undefined && this.#reading.number !== building?.number) {
      const { number } = this.#reading;
      await this.stop();
      // Another node may have cleaned up while this node still read, which created the durables
      // again.
      await this.#forget([number]);
    }
    if (await this.#database.inTransaction(isSnapshotRequested)) await this.#streams.takeSnapshot();
    // A failed clean-up must not delay a rebuild.
    const [cleaned] = await Promise.allSettled([this.#clean(uncleaned)]);
    const ended = building === undefined ? undefined : await this.#build(building);
    if (cleaned.status === 'rejected' && ended === undefined) throw cleaned.reason;
    return ended;
  }

  /** Whether this node takes part in a rebuild. */
  get isReading(): boolean {
    return this.#reading !== undefined;
  }

  /** Stops reading when the node stops. The durables stay for the other nodes or the next start. */
  async stop(): Promise<void> {
    await this.#reading?.by.stop();
    this.#reading = undefined;
  }

  async #build({ number, slot, copying, targets }: Generation): Promise<'live' | 'refused' | undefined> {
    // Where another node copies the snapshot, the next look finds it copied.
    if (copying && !(await this.#streams.copySnapshot(number))) return undefined;
    this.#reading ??= { number, by: this.#streams.read(number) };
    // Targets are looked up after the generation was announced: later events reach it through the
    // live consumers.
    if (targets === null) {
      const reaches = await this.#streams.reach();
      const found = Object.fromEntries(reaches.map(({ service, last }) => [service, last]));
      await this.#database.inTransaction((tx) => setTargets(tx, number, found));
      return undefined;
    }
    const { stoppedBecause } = this.#reading.by;
    if (stoppedBecause === undefined && !isThrough(targets, await this.#streams.progress(number))) {
      return undefined;
    }
    const obstacle =
      stoppedBecause === undefined
        ? await this.#obstacle(number, slot)
        : `A consumer stopped: ${stoppedBecause}`;
    await this.#database.inTransaction(async (tx) => {
      await lockGenerations(tx);
      if (obstacle !== null) return await endBuilding(tx, number, 'refused', obstacle);
      const { building } = await currentGenerations(tx);
      // Another node may have done it, or an operator may have cancelled it.
      if (building?.number === number) await flipTo(tx, number);
    });
    return obstacle === null ? 'live' : 'refused';
  }

  /** Why a generation that has read its part must not become live; null if it may. */
  #obstacle(number: number, slot: number): Promise<string | null> {
    return this.#database.inTransaction(async (tx) => {
      const trouble = await newTrouble(tx, this.#streams.pairs(number));
      if (trouble !== undefined) {
        const { count, consumer, eventKey, code, message } = trouble;
        return `${count} events were set aside that the live figures contain, the first (event ${eventKey}, ${consumer}) because: ${message} (${code})`;
      }
      const found = await shortfalls(tx, 1 - slot, slot);
      return found.length === 0 ? null : shortfallReason(found);
    });
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
      const { live, building } = await currentGenerations(tx);
      const used = [live.slot, building?.slot];
      const free = new Set(ended.map(({ slot }) => slot).filter((slot) => !used.includes(slot)));
      for (const slot of free) await emptySlot(tx, slot);
      await noteCleaned(tx, numbers);
    });
  }
}
