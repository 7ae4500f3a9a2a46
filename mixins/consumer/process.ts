/**
 * What becomes of a batch: one transaction, then acknowledgement; what fails is retried, split until the failing event stands alone, and
 * set aside. Throws `GiveBack` or `ConsumerStopped`: then whatever is not settled goes back to the broker.
 */
import { UnknownFingerprint } from '../../schemas/registry.ts';
import { applyItems } from './apply.ts';
import { type Item, sortOut, type Unreadable } from './batch.ts';
import { type ConsumerContext, ConsumerStopped, GiveBack, within } from './context.ts';
import { countAttempt, forgetAttempts, KillsProcess, takeBackAttempt } from './lone-attempts.ts';
import type { Message } from './message.ts';
import { isDatabaseThere, retrying } from './retry.ts';
import { setAside } from './set-aside.ts';
import { backOffMs } from './settings.ts';

/** A transaction may take this much longer than its work, in milliseconds: beginning and commit. */
const COMMIT_MARGIN_MS = 1_000;

/** Handles, sets aside or gives back every message: at its return each is settled at the broker. Throws `GiveBack` and `ConsumerStopped`. */
export async function processBatch(context: ConsumerContext, messages: readonly Message[]): Promise<void> {
  const { items, unread, poison, later } = await sortOut(messages, context.decoder, context.skipped);
  for (const message of unread) message.ack();
  const given = later.filter((each) => !isGivenUp(context, each));
  const [first] = given;
  if (first !== undefined) {
    context.logger.warn(
      `${context.name}: can't read ${given.length} events yet, they come again: ${first.error.message}`,
    );
  }
  for (const { message } of given) message.nak(delayOf(context, message.deliveries));
  await processItems(context, items);
  for (const { message, error } of [...poison, ...later.filter((each) => isGivenUp(context, each))]) {
    await retrying(context, () => setAside(context, message, error, message.deliveries));
    message.ack();
  }
  context.counters.batches += 1;
}

/**
 * Whether an event waited long enough for a schema that the registry, asked again and again, does not have. As a letter it holds up
 * nothing, and can be redriven when the schema is there.
 */
function isGivenUp(context: ConsumerContext, { message, error }: Unreadable): boolean {
  const isMissing = error instanceof UnknownFingerprint && error.answered;
  return isMissing && message.deliveries > context.settings.maxUnreadableDeliveries;
}

/** Many together; those delivered suspiciously often one by one, as one of them may kill the process and the others would share its fate. */
async function processItems(context: ConsumerContext, items: readonly Item[]): Promise<void> {
  const suspects = items.filter((item) => item.deliveries > context.settings.loneAfterDeliveries);
  const others = items.filter((item) => item.deliveries <= context.settings.loneAfterDeliveries);
  await applyTogether(context, others);
  for (const suspect of suspects) await applyAlone(context, suspect);
}

async function applyTogether(
  context: ConsumerContext,
  items: readonly Item[],
  isPart = false,
): Promise<void> {
  const [first] = items;
  if (first === undefined) return;
  // The whole batch met its unique violation often enough; only an event alone gets as many chances again.
  const chances = isPart && items.length > 1 ? 0 : context.settings.maxUniqueViolations;
  try {
    await retrying(context, () => attempt(context, items), chances);
    acknowledge(context, items);
  } catch (error) {
    if (error instanceof GiveBack || error instanceof ConsumerStopped) throw error;
    if (items.length === 1) return await setItemAside(context, first, error, first.deliveries);
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
      return await setItemAside(context, item, new KillsProcess(abandoned), abandoned);
    }
    try {
      await retrying(context, () => attempt(context, [item]));
      acknowledge(context, [item]);
    } catch (error) {
      if (error instanceof ConsumerStopped) throw error;
      if (!(error instanceof GiveBack)) return await setItemAside(context, item, error, abandoned + 1);
      await noteSurvival(context, item.key);
      // The database answers, so it is this event that can't be applied now: it must not hold up the others.
      if (context.ending.aborted || !(await isDatabaseThere(context))) throw error;
      context.logger.warn(`${name}: ${item.key} fails alone, it comes again: ${error.message}`);
      for (const message of item.messages) message.nak(delayOf(context, item.deliveries));
    }
  });
}

/** The process is alive, so this attempt does not count; where that can't be written now, it is taken off with the next one. */
async function noteSurvival(context: ConsumerContext, key: string): Promise<void> {
  try {
    await context.database.inTransaction((tx) => takeBackAttempt(tx, context.name, key));
  } catch {
    context.survived.set(key, (context.survived.get(key) ?? 0) + 1);
  }
}

/** One transaction: the effects, and the end of what the counters of lone attempts suspect. */
async function attempt(context: ConsumerContext, items: readonly Item[]): Promise<void> {
  const { batchDeadlineMs, loneAfterDeliveries } = context.settings;
  const transaction = context.database.inTransaction(async (tx) => {
    await within(batchDeadlineMs, applyItems(context, items, tx));
    for (const item of items) {
      if (item.deliveries > loneAfterDeliveries) await forgetAttempts(tx, context.name, item.key);
    }
  });
  await within(batchDeadlineMs + COMMIT_MARGIN_MS, transaction);
}

function acknowledge(context: ConsumerContext, items: readonly Item[]): void {
  for (const item of items) {
    for (const message of item.messages) message.ack();
    context.counters.handled += 1;
    if (item.deliveries > 1) context.counters.redelivered += 1;
  }
}

async function setItemAside(
  context: ConsumerContext,
  item: Item,
  error: unknown,
  attempts: number,
): Promise<void> {
  const [message] = item.messages;
  if (message === undefined) return;
  await retrying(context, () => setAside(context, message, error, attempts));
  for (const each of item.messages) each.ack();
}

/** How long an event that can't be handled yet stays away: doubling with its deliveries, bounded. */
function delayOf(context: ConsumerContext, deliveries: number): number {
  return backOffMs(deliveries, context.settings.giveBackDelayMs, context.settings.maxDelayMs);
}
