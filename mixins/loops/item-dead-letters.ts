/**
 * Dead letters of loops' items. They share the table of the consumers' dead letters, and are
 * settled the same way.
 */
import { addDeadLetter, codeOf, type DeadLetterContent } from '#mixins/consumer/dead-letters.store.ts';
import { forgetAttempts } from '#mixins/consumer/retry.ts';
import type { Tx } from '#mixins/database/database.ts';
import { messageOf } from '#schemas/text.ts';
import type { LoopItem } from './item-work.ts';

/**
 * Dead letters of a loop within a minute, on all nodes. More indicate a bug rather than bad items,
 * so the loop waits.
 */
const MAX_A_MINUTE = 100;
const MINUTE_MS = 60_000;
const CONTENT_TYPE = 'application/json';

/**
 * Dead-letters an item, in a transaction of its own or that of the item. Returns the error's code.
 * Throws above the limit of a minute.
 */
export async function deadLetterItem(
  tx: Tx,
  name: string,
  item: LoopItem,
  error: unknown,
  attempts: number,
): Promise<string> {
  const text = messageOf(error);
  const code = codeOf(error);
  await forgetAttempts(tx, waitingIn(name), item.key);
  const content = contentOf(item);
  const letter = { consumer: name, content, attempts, code, text, replacesRedriven: true };
  const recent = await addDeadLetter(tx, letter, MINUTE_MS);
  // The loop repeats the pass, which may succeed after that minute.
  if (recent > MAX_A_MINUTE) {
    throw new Error(
      `more than ${MAX_A_MINUTE} items to dead-letter within a minute, the last because: ${text}`,
    );
  }
  return code;
}

type Item = Pick<DeadLetterContent, 'eventKey' | 'type' | 'subject' | 'payload'>;

function contentOf({ key, type, subject, data }: LoopItem): DeadLetterContent {
  return {
    eventKey: key,
    stream: '',
    streamSequence: 0,
    type,
    subject,
    sequence: null,
    headers: { 'content-type': CONTENT_TYPE },
    payload: Buffer.from(JSON.stringify(data)),
  };
}

/** The item of a dead letter. */
export function itemIn({ eventKey: key, type, subject, payload }: Item): LoopItem {
  return {
    key,
    type: type ?? '',
    subject: subject ?? '',
    data: JSON.parse(Buffer.from(payload).toString()) as LoopItem['data'],
  };
}

/**
 * The `consumer` of temporary lone failures, in the table `attempt`. Deaths of the process count
 * under the loop's own name.
 */
export function waitingIn(name: string): string {
  return `${name}:waiting`;
}

/**
 * SQL: the item with this key has no dead letter, or a redriven one. `key` is an expression of type
 * text.
 */
export function notDeadLettered(name: string, key: string): string {
  return `NOT EXISTS (SELECT FROM dead_letter WHERE consumer = '${name}' AND event_key = ${key} AND status <> 'redriven')`;
}

/** Forgets that an item was discarded, so that its loop takes it up again. */
export async function forgetDiscarded(tx: Tx, name: string, key: string): Promise<void> {
  await tx.run(`DELETE FROM dead_letter WHERE consumer = $1 AND event_key = $2 AND status = 'discarded'`, [
    name,
    key,
  ]);
}

/**
 * SQL: as `notDeadLettered`, and the item is not in the pause after temporary failures. The pause
 * is ten seconds for each, five minutes at most.
 */
export function isDue(name: string, key: string): string {
  return `${notDeadLettered(name, key)} AND NOT EXISTS (
    SELECT FROM attempt WHERE consumer = '${waitingIn(name)}' AND event_key = ${key}
      AND last_at > clock_timestamp() - least(attempts * 10, 300) * interval '1 second')`;
}
