/** Dead letters of loops' items, in the table that consumers use: operators see, redrive and discard them the same way. */
import { messageOf } from '../../schemas/text.ts';
import { addDeadLetter, codeOf, type DeadLetterContent } from '../consumer/dead-letters.store.ts';
import { forgetAttempts } from '../consumer/lone-attempts.ts';
import type { Tx } from '../database/database.ts';
import type { LoopItem } from './item-work.ts';

/** Items that one loop may set aside within a minute, over all nodes. More are a bug, not bad items; the loop waits then. */
const MAX_SET_ASIDE_A_MINUTE = 100;
const MINUTE_MS = 60_000;
const CONTENT_TYPE = 'application/json';

/** A loop would set aside more items than it may. It is tried again, and may succeed when the minute is over. */
class TooManySetAside extends Error {
  constructor(text: string) {
    super(
      `more than ${MAX_SET_ASIDE_A_MINUTE} items to set aside within a minute, the last because: ${text}`,
    );
    this.name = 'TooManySetAside';
  }
}

/** Writes the letter of an item, in its own transaction or in that of the item. Returns the error's code. Throws above the bound of a minute. */
export async function setItemAside(
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
  if (recent > MAX_SET_ASIDE_A_MINUTE) throw new TooManySetAside(text);
  return code;
}

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

/** The item of a letter. */
export function itemIn(letter: {
  readonly eventKey: string;
  readonly type: string | null;
  readonly subject: string | null;
  readonly payload: Uint8Array;
}): LoopItem {
  const { eventKey: key, type, subject, payload } = letter;
  return {
    key,
    type: type ?? '',
    subject: subject ?? '',
    data: JSON.parse(Buffer.from(payload).toString()) as LoopItem['data'],
  };
}

/** The `consumer` under which the table `attempt` counts failures of lone items that may pass; deaths of the process are under the loop's own. */
export function waitingIn(name: string): string {
  return `${name}:waiting`;
}

/** SQL: the item with this key was not set aside, or it was redriven since. `key` is an expression of type text. */
export function notSetAside(name: string, key: string): string {
  return `NOT EXISTS (SELECT FROM dead_letter WHERE consumer = '${name}' AND event_key = ${key} AND status <> 'redriven')`;
}

/** SQL: as `notSetAside`, and it does not wait after a failure that may pass: ten seconds for each, five minutes at most. */
export function isDue(name: string, key: string): string {
  return `${notSetAside(name, key)} AND NOT EXISTS (
    SELECT FROM attempt WHERE consumer = '${waitingIn(name)}' AND event_key = ${key}
      AND last_at > clock_timestamp() - least(attempts * 10, 300) * interval '1 second')`;
}
