/**
 * Recognises a stream that lost its tail. Our lost events become unpublished, and the stream's
 * epoch is raised, so that other services and all consumers do their part.
 *
 * A loss removes everything behind some sequence, so our events are intact up to a point. Only the
 * messages show that point, not the numbers: other services may have refilled the stream beyond our
 * highest sequence (measured).
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ErrorCode, type JetStreamManager, NatsError, type StreamState } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { firstLostSince, raiseEpoch, readEpoch, type StreamEpoch } from '#mixins/bus/epochs.ts';
import { jetStreamCode, NO_MESSAGE_FOUND } from '#mixins/bus/error-codes.ts';
import type { Run } from '#mixins/bus/runs.ts';
import type { Tx } from '#mixins/database/database.ts';
import { findAhead, lookAhead } from './orphans.ts';
import { firstPublished, type PublishedRow, putBack, type StreamRow, writeStreams } from './outbox.store.ts';

/**
 * Time limit for the bucket of epochs, in milliseconds. Less than that of a look
 * (stream-health.ts), and enough to make the bucket again where it was deleted.
 */
const EPOCH_WITHIN_MS = 1_500;

/**
 * Sequences that the first search covers, from the end of the stream: mostly little is lost. Each
 * further search covers ten times as many, up to the limit.
 */
const FIRST_LOOK = 1_000;
const LONGEST_LOOK = 1_000_000;

/** The result of a look at a stream. */
export interface Verification {
  readonly stream: string;
  readonly epoch: number;
  /** Whether the epoch changed: schemas may be lost too, and rows may be unpublished again. */
  readonly changed: boolean;
  /** Events that will be published again. */
  readonly putBack: number;
  /**
   * False: the bucket of epochs did not answer. Our events are intact, but the stream must be looked
   * at again.
   */
  readonly epochKnown: boolean;
  /**
   * The sequences between which the stream holds events of ours that this outbox lacks; null: none.
   */
  readonly ahead: Run | null;
}

/** The broker's answer about a stream. */
export interface StreamLook {
  /** Null: the bucket of epochs does not answer. */
  readonly current: StreamEpoch | null;
  readonly stream: LiveStream;
}

/**
 * Makes the stream when it is missing, and reads its state. Throws a NatsError when the broker does
 * not answer.
 */
export async function lookAtStream(bus: Bus, service: string): Promise<StreamLook> {
  const name = await bus.ensureStream(service);
  const [current, { state }] = await Promise.all([
    // The bucket is another stream, which may fail while this one works.
    Promise.race([readEpoch(bus, service).catch(() => null), delay(EPOCH_WITHIN_MS, null, { ref: false })]),
    bus.manager.streams.info(name),
  ]);
  return { current, stream: { manager: bus.manager, name, state } };
}

/**
 * Follows the epoch of a stream, and checks whether it holds the event that we published last.
 * `suspect`: NATS stored a new event at or below our highest sequence, which proves a loss. To be
 * called in the transaction with the relay's lock. Throws a NatsError when the broker does not
 * answer; then nothing is known. So does a bucket of epochs without an answer, if the stream may be
 * ahead of the outbox.
 */
export async function verifyStream(
  tx: Tx,
  bus: Bus,
  own: StreamRow,
  { current, stream }: StreamLook,
  suspect: boolean,
): Promise<Verification> {
  if (current !== null && current.epoch > own.epoch) {
    const firstLost = firstLostSince(current, own.epoch) ?? 1;
    // A loss removes everything behind some sequence. Where our newest event is left, all are. The
    // outbox may have deleted them, so they are not looked for.
    const affected = own.highestSequence >= firstLost && !(await holdsLast(own, stream));
    return affected
      ? follow(tx, stream, own, current.epoch)
      : keep(tx, { ...own, epoch: current.epoch }, true);
  }
  if (suspect || !(await holdsLast(own, stream))) {
    const intact = await lastIntact(tx, stream, own, Number.MAX_SAFE_INTEGER);
    const { epoch } = await raiseEpoch(bus, own.stream, own.epoch, (intact?.sequence ?? 0) + 1);
    return follow(tx, stream, own, epoch);
  }
  if (current !== null && current.epoch < own.epoch) {
    // The stream is intact, but the bucket has lost an epoch that consumers follow.
    const { epoch } = await raiseEpoch(bus, own.stream, own.epoch, own.highestSequence + 1);
    return keep(tx, { ...own, epoch }, true);
  }
  if (current === null && (await findAhead(tx, bus, own, null, stream.state)) !== null) {
    // Nothing can be noted now, and publishing would hide these events.
    throw new NatsError(
      'the stream may be ahead, and the bucket of epochs does not answer',
      ErrorCode.Timeout,
    );
  }
  const ahead = current === null ? null : await lookAhead(tx, bus, own, current, stream.state);
  return { ...(await keep(tx, own, false)), epochKnown: current !== null, ahead };
}

/** Whether a stream holds the event that we published last, as far as it can be seen. */
export async function holdsLast(own: StreamRow, stream: LiveStream): Promise<boolean> {
  return own.highestSequence === 0 || (await isStored(stream, own.highestSequence, own.highestEventId));
}

interface LiveStream {
  readonly manager: JetStreamManager;
  readonly name: string;
  readonly state: StreamState;
}

async function keep(tx: Tx, row: StreamRow, changed: boolean): Promise<Verification> {
  await writeStreams(tx, [row]);
  return { stream: row.stream, epoch: row.epoch, changed, putBack: 0, epochKnown: true, ahead: null };
}

/** Follows an epoch that began with a loss: our lost events become unpublished again. */
async function follow(tx: Tx, stream: LiveStream, own: StreamRow, epoch: number): Promise<Verification> {
  const intact = await lastIntact(tx, stream, own, epoch);
  const from = (intact?.sequence ?? 0) + 1;
  const count = await putBack(tx, own.stream, epoch, from, own.highestSequence);
  // Older events of ours may be left although the outbox holds none of them any more. They are not
  // behind our last one, where events that the outbox lacks are orphaned.
  const left = Math.min(own.highestSequence, stream.state.last_seq);
  const row = {
    stream: own.stream,
    epoch,
    highestSequence: intact?.sequence ?? left,
    highestEventId: intact?.eventId ?? null,
  };
  return { ...(await keep(tx, row, true)), putBack: count };
}

/** Of our events published before this epoch, the last that the stream still holds. */
async function lastIntact(
  tx: Tx,
  stream: LiveStream,
  own: StreamRow,
  epoch: number,
): Promise<PublishedRow | undefined> {
  // From this sequence on, none of our events is there.
  let lost = Math.min(own.highestSequence, stream.state.last_seq) + 1;
  for (let look = FIRST_LOOK; lost > 1; look = Math.min(look * 10, LONGEST_LOOK)) {
    const from = Math.max(1, lost - look);
    let intact = await firstPublished(tx, own.stream, epoch, from, lost);
    if (intact === undefined || !(await isStored(stream, intact.sequence, intact.eventId))) {
      lost = from;
      continue;
    }
    while (lost - intact.sequence > 1) {
      const middle = Math.floor((intact.sequence + lost + 1) / 2);
      const row = await firstPublished(tx, own.stream, epoch, middle, lost);
      if (row !== undefined && (await isStored(stream, row.sequence, row.eventId))) intact = row;
      else lost = middle;
    }
    return intact;
  }
  return undefined;
}

/**
 * Whether a message is where it was stored. One that a limit of age or size removed counts as
 * stored.
 */
async function isStored(stream: LiveStream, sequence: number, eventId: string | null): Promise<boolean> {
  const { manager, name, state } = stream;
  if (sequence > state.last_seq) return false;
  if (sequence < state.first_seq || eventId === null) return true;
  try {
    const message = await manager.streams.getMessage(name, { seq: sequence });
    return message.header.get('Nats-Msg-Id') === eventId;
  } catch (error) {
    if (jetStreamCode(error) === NO_MESSAGE_FOUND) return true;
    throw error;
  }
}
