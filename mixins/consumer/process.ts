/**
 * Processes a batch: one transaction, then the acknowledgements. A batch that fails is repeated,
 * then split until the failing event is alone, and that event is dead-lettered.
 */
import { backOff } from '#mixins/back-off.ts';
import { UnknownFingerprint } from '#mixins/bus/schema-registry.ts';
import type { Tx } from '#mixins/database/database.ts';
import { logEvents } from '#mixins/log-scope.ts';
import type { Envelope } from '#schemas/envelope.ts';
import { AttemptSpans } from './attempt-spans.ts';
import { type Item, newestOfEach, sortOut, type Unreadable } from './batch.ts';
import type { ConsumerContext } from './context.ts';
import { deadLetteredAmong } from './dead-letters.store.ts';
import { deadLetter } from './dead-letters.ts';
import type { Message } from './message.ts';
import {
  ConsumerStopped,
  countAttempt,
  forgetAttempts,
  GiveBack,
  isDatabaseThere,
  KillsProcess,
  retrying,
  takeBackAttempt,
  within,
} from './retry.ts';

/** A transaction may take this much longer than its work, in milliseconds: beginning and commit. */
const COMMIT_MARGIN_MS = 1_000;

/**
 * Handles, dead-letters or returns every message: all are settled at the broker afterwards. Throws
 * `GiveBack` or `ConsumerStopped`; then the caller returns the messages that are not settled.
 */
export async function processBatch(context: ConsumerContext, messages: readonly Message[]): Promise<void> {
  const { items, unread, poison, later } = await sortOut(messages, context.decoder, context.skipped);
  for (const message of unread) message.ack();
  const overdue = later.filter((each) => isOverdue(context, each));
  returnUnreadable(
    context,
    later.filter((each) => !overdue.includes(each)),
  );
  await applyAll(context, items);
  for (const { message, error } of [...poison, ...overdue]) {
    await logEvents(
      () => [idsIn(message)],
      () => giveUp(context, [message], error, message.deliveries),
    );
  }
  context.counters.batches += 1;
}

/** The ids of a message that may be malformed. */
function idsIn(message: Message): Pick<Envelope, 'id' | 'correlationId'> {
  return { id: message.header('ce-id') ?? '', correlationId: message.header('ce-correlationid') ?? '' };
}

/**
 * Whether an event waited long enough for its schema, which the registry lacks although it answered
 * each time. As a dead letter it can be redriven when the schema is there.
 */
function isOverdue(context: ConsumerContext, { message, error }: Unreadable): boolean {
  const isMissing = error instanceof UnknownFingerprint && error.answered;
  return isMissing && message.deliveries > context.settings.maxUnreadableDeliveries;
}

function returnUnreadable(context: ConsumerContext, unreadable: readonly Unreadable[]): void {
  const [first] = unreadable;
  if (first === undefined) return;
  context.warnThrottled(
    `${context.name}: can't read ${unreadable.length} events yet, they come again: ${first.error.message}`,
  );
  for (const { message } of unreadable) message.nak(delayOf(context, message.deliveries));
}

/**
 * Applies most events together. An event that was delivered too often may kill the process. It is
 * applied alone, so that the others are not affected.
 */
async function applyAll(context: ConsumerContext, items: readonly Item[]): Promise<void> {
  const isSuspect = (item: Item) => item.deliveries > context.settings.loneAfterDeliveries;
  await applyTogether(
    context,
    items.filter((item) => !isSuspect(item)),
  );
  for (const suspect of items.filter(isSuspect)) {
    await logEvents(
      () => [suspect.delivery],
      () => applyAlone(context, suspect),
    );
  }
}

async function applyTogether(
  context: ConsumerContext,
  items: readonly Item[],
  isPart = false,
): Promise<void> {
  const [first] = items;
  if (first === undefined) return;
  await logEvents(
    () => items.map(({ delivery }) => delivery),
    () => applyOrSplit(context, items, first, isPart),
  );
}

async function applyOrSplit(
  context: ConsumerContext,
  items: readonly Item[],
  first: Item,
  isPart: boolean,
): Promise<void> {
  // The whole batch was repeated after its unique violation; only a single event is repeated again.
  const repetitions = isPart && items.length > 1 ? 0 : context.settings.maxUniqueViolations;
  try {
    await retrying(context, () => attempt(context, items), repetitions);
    acknowledge(context, items);
  } catch (error) {
    if (error instanceof GiveBack || error instanceof ConsumerStopped) throw error;
    if (items.length === 1) return await giveUp(context, first.messages, error, first.deliveries);
    const half = Math.ceil(items.length / 2);
    await applyTogether(context, items.slice(0, half), true);
    await applyTogether(context, items.slice(half), true);
  }
}

async function applyAlone(context: ConsumerContext, item: Item): Promise<void> {
  await context.mutex.run(async () => {
    const { database, name, settings } = context;
    const abandoned = await retrying(context, () =>
      database.inTransaction((tx) => countAttempt(tx, name, item.key, context.survived.get(item.key) ?? 0)),
    );
    context.survived.delete(item.key);
    if (abandoned >= settings.maxLoneAttempts) {
      return await giveUp(context, item.messages, new KillsProcess(abandoned), abandoned);
    }
    try {
      await retrying(context, () => attempt(context, [item]));
      acknowledge(context, [item]);
    } catch (error) {
      if (error instanceof ConsumerStopped) throw error;
      if (!(error instanceof GiveBack)) return await giveUp(context, item.messages, error, abandoned + 1);
      await noteSurvival(context, item.key);
      // If the database answers, only this event can't be applied now, and must not delay the
      // others.
      if (context.ending.aborted || !(await isDatabaseThere(context))) throw error;
      context.warnThrottled(
        `${name}: ${item.key} fails alone, it comes again: ${error.message}`,
        `fails alone: ${error.message}`,
      );
      for (const message of item.messages) message.nak(delayOf(context, item.deliveries));
    }
  });
}

/**
 * The process survived this attempt, so it must not count. Where the database does not answer now,
 * the next attempt subtracts it.
 */
async function noteSurvival(context: ConsumerContext, key: string): Promise<void> {
  try {
    await context.database.inTransaction((tx) => takeBackAttempt(tx, context.name, key));
  } catch {
    context.survived.set(key, (context.survived.get(key) ?? 0) + 1);
  }
}

/** One transaction: the effects of the events, and the end of their counters of lone attempts. */
async function attempt(context: ConsumerContext, items: readonly Item[]): Promise<void> {
  const spans = AttemptSpans.begin(context, items);
  try {
    await transact(context, items, spans);
    spans?.end();
  } catch (error) {
    spans?.end(error as object);
    throw error;
  }
}

async function transact(
  context: ConsumerContext,
  items: readonly Item[],
  spans: AttemptSpans | undefined,
): Promise<void> {
  const { batchDeadlineMs, loneAfterDeliveries } = context.settings;
  const transaction = context.database.inTransaction(async (tx) => {
    await within(batchDeadlineMs, applyItems(context, items, spans, tx));
    for (const item of items) {
      if (item.deliveries > loneAfterDeliveries) await forgetAttempts(tx, context.name, item.key);
    }
  });
  await within(batchDeadlineMs + COMMIT_MARGIN_MS, transaction);
}

/** Leaves out events that have a dead letter: an operator settles them, not a redelivery. */
async function applyItems(
  context: ConsumerContext,
  items: readonly Item[],
  spans: AttemptSpans | undefined,
  tx: Tx,
): Promise<void> {
  const { name, definition, platform } = context;
  const dead = await deadLetteredAmong(
    tx,
    name,
    items.map((item) => item.key),
  );
  const deliveries = items
    .filter((item) => !dead.has(item.key))
    .map(({ delivery }) => spans?.within(delivery) ?? delivery);
  if (deliveries.length === 0) return;
  await definition.handle(
    definition.order === 'newest' ? newestOfEach(deliveries) : deliveries,
    tx,
    platform,
  );
}

function acknowledge(context: ConsumerContext, items: readonly Item[]): void {
  for (const item of items) {
    for (const message of item.messages) message.ack();
    context.counters.handled += 1;
    if (item.deliveries > 1) context.counters.redelivered += 1;
  }
  context.rate.add(items.length);
}

/** Dead-letters an event and acknowledges all its messages. */
async function giveUp(
  context: ConsumerContext,
  messages: readonly Message[],
  error: unknown,
  attempts: number,
): Promise<void> {
  const [message] = messages;
  if (message === undefined) return;
  await retrying(context, () => deadLetter(context, message, error, attempts));
  for (const each of messages) each.ack();
}

/** Delay of an event that can't be handled yet, in milliseconds: doubles with each delivery. */
function delayOf(context: ConsumerContext, deliveries: number): number {
  return backOff(deliveries, context.settings.giveBackDelayMs, context.settings.maxDelayMs);
}
