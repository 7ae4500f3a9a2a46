/** Setting an event aside: a letter in a transaction of its own. The event is acknowledged only after that. */
import { sqlStateOf } from '../database/errors.ts';
import { forgetAttempts } from './lone-attempts.ts';
import { type ConsumerContext, ConsumerStopped } from './context.ts';
import { contentOf, countSetAside, holdLetters, insertLetter } from './dead-letters.store.ts';
import { FOREIGN_SUBJECT } from './decode.ts';
import type { Message } from './message.ts';

/** Throws `ConsumerStopped` when it would be one more within the minute than the consumer may set aside. */
export async function setAside(
  context: ConsumerContext,
  message: Message,
  error: unknown,
  attempts: number,
): Promise<void> {
  const { name, settings } = context;
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : String(error);
  const content = contentOf(message, code === FOREIGN_SUBJECT);
  const letter = { consumer: name, content, attempts, code, text };
  const isNew = await context.database.inTransaction(async (tx) => {
    await holdLetters(tx, name);
    await forgetAttempts(tx, name, letter.content.eventKey);
    if ((await insertLetter(tx, letter)) === 0) return false;
    const recent = await countSetAside(tx, name, Math.min(60_000, Date.now() - context.startedAt));
    if (recent > settings.maxSetAsidePerMinute) {
      throw new ConsumerStopped(
        `more than ${settings.maxSetAsidePerMinute} events to set aside within a minute, the last because: ${text}`,
      );
    }
    return true;
  });
  if (!isNew) return;
  context.counters.setAside += 1;
  const event = message.header('ce-id') ?? `message ${message.stream}/${message.streamSequence}`;
  context.logger.error(`${name}: set aside ${event} (${letter.code}): ${text}`);
}

/** The letter's code: SQLSTATE, the error's own code or type, else its class. */
export function codeOf(error: unknown): string {
  const sqlState = sqlStateOf(error);
  if (sqlState !== undefined && sqlState !== null) return sqlState;
  if (!(error instanceof Error)) return 'unknown';
  const { code, type } = error as { code?: unknown; type?: unknown };
  if (typeof type === 'string' && type !== '') return type;
  return typeof code === 'string' && code !== '' ? code : error.name;
}
