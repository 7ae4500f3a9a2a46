/** Server-sent events as an async iterator, over any number of connections. */
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { delay } from './retry.ts';

/** A server-sent event. */
export interface ServerEvent<Name extends string = string, Data = unknown> {
  readonly name: Name;
  /** Null where the server gave none. */
  readonly id: string | null;
  readonly data: Data;
}

/** The pause before a new connection, in milliseconds. It doubles up to the longest. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * The events of all connections that `connect` makes. A connection that ends is replaced after a
 * pause. The new one goes on after the last event (`Last-Event-ID`). Throws what `connect` throws,
 * and the signal's reason when that is aborted.
 */
export async function* eventsOf(
  connect: (headers: Readonly<Record<string, string>>) => Promise<Response>,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  let lastId: string | null = null;
  let pauseMs = PAUSE_MS;
  for (;;) {
    const messages = messagesIn(await connect(lastId === null ? {} : { 'last-event-id': lastId }));
    try {
      for (;;) {
        const { value } = await messages.next();
        if (value === undefined) break;
        lastId = value.id ?? lastId;
        pauseMs = PAUSE_MS;
        yield value;
      }
    } catch (error) {
      if (signal.aborted) throw error;
    } finally {
      await messages.return(undefined);
    }
    await delay(pauseMs, signal);
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
}

async function* messagesIn({ body }: Response): AsyncGenerator<ServerEvent> {
  if (body === null) return;
  const messages = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { event = 'message', id = null, data } of messages) {
    yield { name: event, id, data: JSON.parse(data) };
  }
}
