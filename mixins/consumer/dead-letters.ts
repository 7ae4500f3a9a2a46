/**
 * Dead letters: how an event becomes one, and how an operator settles it. A redrive hands the event
 * to its consumer again, or the item to its loop. A discard gives it up.
 */
import type { Tx } from '#mixins/database/database.ts';
import { itemIn } from '#mixins/loops/item-dead-letters.ts';
import type { SettledWork } from '#mixins/loops/item-work.ts';
import { appendEvents, appendOperatorAction, oncePerService } from '#mixins/outbox/append.ts';
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import { isUnavailable } from '#mixins/unavailable.middleware.ts';
import { deadLetterDiscardedOf, deadLetterRedrivenOf } from '#schemas/dead-letter.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import { messageOf } from '#schemas/text.ts';
import type { ConsumerContext } from './context.ts';
import {
  addDeadLetter,
  codeOf,
  type DeadLetter,
  type DeadLetterContent,
  type LockedDeadLetter,
  lockDeadLetter,
  noteFailedRedrive,
  type Settlement,
  settleDeadLetter,
} from './dead-letters.store.ts';
import { FOREIGN_SUBJECT } from './decode.ts';
import { DEFAULT_SETTINGS } from './definition.ts';
import { digestOf, eventKeyOf, type Message, sequenceIn, subjectIn } from './message.ts';
import { ConsumerStopped, within } from './retry.ts';

export type { DeadLetter, DeadLetterDetail } from './dead-letters.store.ts';

const MINUTE_MS = 60_000;

/**
 * Dead-letters a message in a transaction of its own, after which the message may be acknowledged.
 * Throws `ConsumerStopped` when the consumer gets too many dead letters within a minute.
 */
export async function deadLetter(
  context: ConsumerContext,
  message: Message,
  error: unknown,
  attempts: number,
): Promise<void> {
  const { name, settings } = context;
  const [code, text] = [codeOf(error), messageOf(error)];
  const content = contentOf(message, code === FOREIGN_SUBJECT);
  const isNew = await context.database.inTransaction(async (tx) => {
    const windowMs = Math.min(MINUTE_MS, Date.now() - context.startedAt);
    const recent = await addDeadLetter(tx, { consumer: name, content, attempts, code, text }, windowMs);
    if (recent > settings.maxSetAsidePerMinute) {
      throw new ConsumerStopped(
        `more than ${settings.maxSetAsidePerMinute} events to dead-letter within a minute, the last because: ${text}`,
      );
    }
    return recent > 0;
  });
  if (!isNew) return;
  context.counters.setAside += 1;
  const event = message.header('ce-id') ?? `message ${message.stream}/${message.streamSequence}`;
  context.logger.error(`${name}: dead-lettered ${event} (${code}): ${text}`);
}

/**
 * A foreign message is kept under its digest: the id that it carries may be that of another event.
 */
function contentOf(message: Message, isForeign: boolean): DeadLetterContent {
  return {
    eventKey: isForeign ? digestOf(message) : eventKeyOf(message),
    stream: message.stream,
    streamSequence: message.streamSequence,
    type: message.header('ce-type') ?? null,
    subject: subjectIn(message) ?? null,
    sequence: sequenceIn(message) ?? null,
    headers: message.headers(),
    payload: message.data,
  };
}

/** The consumers and loops of the service whose dead letters are settled. */
export interface DeadLetterSource {
  readonly database: ConsumerContext['database'];
  /** The consumer of this name; undefined where the service no longer has it. */
  contextOf(consumer: string): ConsumerContext | undefined;
  /** The work of the loop of this name; undefined where the service no longer has it. */
  workOf(loop: string): SettledWork | undefined;
}

/**
 * Handles the event, or the loop's item, again. The dead letter gets its new status in the same
 * transaction, so that two calls take effect once. Throws `not_found`, or `conflict` where it is
 * settled, its consumer is gone or its subject was foreign. Else it throws the handler's error and
 * notes it in the dead letter, which stays open. An error of the moment, such as a busy database,
 * is not noted. `cause` is for the event of the settlement.
 */
export async function redrive(source: DeadLetterSource, id: string, cause: Cause): Promise<DeadLetter> {
  try {
    return await settle(source, id, { status: 'redriven', by: cause.actorId, reason: null }, cause);
  } catch (error) {
    if (!(error instanceof Problem) && !isUnavailable(error)) await noteFailure(source, id, error, cause);
    throw error;
  }
}

/** Gives the event, or the loop's item, up. Throws `not_found` or `conflict`. */
export async function discard(
  source: DeadLetterSource,
  id: string,
  cause: Cause,
  reason: string,
): Promise<DeadLetter> {
  return await settle(source, id, { status: 'discarded', by: cause.actorId, reason }, cause);
}

async function settle(
  source: DeadLetterSource,
  id: string,
  settlement: Settlement,
  cause: Cause,
): Promise<DeadLetter> {
  const settled = await source.database.inTransaction(async (tx) => {
    const letter = await lockDeadLetter(tx, id);
    if (letter === undefined) throw new Problem('not_found');
    if (letter.status !== 'open') throw new Problem('conflict', `The letter was ${letter.status} before`);
    await carryOut(source, tx, letter, settlement);
    await settleDeadLetter(tx, id, settlement);
    await appendEvents(tx, [settledEvent(tx.database.service, letter, settlement, cause)]);
    const { headers: _, payload: __, ...shown } = letter;
    return shown;
  });
  return { ...settled, ...settlement, settledBy: settlement.by, settledReason: settlement.reason };
}

async function carryOut(
  source: DeadLetterSource,
  tx: Tx,
  letter: LockedDeadLetter,
  settlement: Settlement,
): Promise<void> {
  const context = source.contextOf(letter.consumer);
  if (context !== undefined) {
    if (settlement.status === 'discarded') return;
    return await within(context.settings.batchDeadlineMs, handleAgain(context, tx, letter));
  }
  const work = source.workOf(letter.consumer);
  if (work === undefined) {
    throw new Problem('conflict', `There is no consumer or loop ${letter.consumer} any more`);
  }
  const item = itemIn(letter);
  const done =
    settlement.status === 'redriven' ? work.redrive(tx, item) : work.discard(tx, item, settlement.reason);
  await within(DEFAULT_SETTINGS.batchDeadlineMs, done);
}

async function handleAgain(context: ConsumerContext, tx: Tx, letter: LockedDeadLetter): Promise<void> {
  if (letter.code === FOREIGN_SUBJECT) {
    throw new Problem('conflict', 'It came under a subject that is not that of its type: discard it');
  }
  const { streamSequence, headers, payload: data } = letter;
  const stored = {
    subject: null,
    streamSequence,
    data,
    parts: new Map(),
    header: (name: string) => headers[name],
  };
  const decoded = await context.decoder.decode(stored);
  if (decoded.kind === 'unread') {
    throw new Problem('conflict', 'The consumer does not read this type any more');
  }
  if (decoded.kind !== 'event') throw decoded.error;
  await context.definition.handle([decoded.delivery], tx, context.platform);
}

async function noteFailure(
  source: DeadLetterSource,
  id: string,
  error: unknown,
  cause: Cause,
): Promise<void> {
  const text = messageOf(error);
  try {
    await source.database.inTransaction(async (tx) => {
      await noteFailedRedrive(tx, id, codeOf(error), text);
      await appendOperatorAction(tx, { step: 'redrive-failed', target: id, detail: text }, cause);
    });
  } catch {
    // The database may be the cause. The caller throws the error of the redrive.
  }
}

const redrivenOf = oncePerService(deadLetterRedrivenOf);
const discardedOf = oncePerService(deadLetterDiscardedOf);

/** `<service>.dead-letter.redriven.v1` or `.discarded.v1` (FAIL-3). */
function settledEvent(service: string, letter: DeadLetter, settlement: Settlement, cause: Cause): NewEvent {
  const { id, consumer, eventKey: event, type: eventType, subject: eventSubject, code } = letter;
  const data = { letterId: id, consumer, event, eventType, eventSubject, code };
  // A dead letter is settled once: its first version is its last.
  return settlement.status === 'redriven'
    ? newEvent(redrivenOf(service), id, 1, data, cause)
    : newEvent(discardedOf(service), id, 1, { ...data, reason: settlement.reason }, cause);
}
