/**
 * Snapshots of streams by JetStream's own API, which nats.js does not have. A snapshot keeps
 * sequences, times and headers of messages. NATS sends it in chunks and waits for our answers.
 */
import {
  createInbox,
  type NatsConnection,
  NatsError,
  type StreamConfig,
  type StreamState,
  type Subscription,
} from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';

/** Size of a chunk in bytes. Below the `max_payload` of every server. */
const CHUNK_BYTES = 128 * 1024;
/** Time limit of an answer and of the next chunk, in milliseconds. A busy disk may take long. */
const ANSWER_WITHIN_MS = 60_000;

export interface SnapshotOf {
  readonly config: StreamConfig;
  readonly state: StreamState;
  /** To be read once. */
  readonly data: AsyncIterable<Uint8Array>;
}

interface ApiAnswer {
  readonly error?: { readonly code: number; readonly description: string };
}

/** A snapshot of the stream without its consumers. Throws NatsError. */
export async function snapshotOf(bus: Bus, stream: string): Promise<SnapshotOf> {
  const { connection } = bus;
  const inbox = createInbox(bus.inboxPrefix);
  const subscription = connection.subscribe(inbox);
  const request = { deliver_subject: inbox, no_consumers: true, chunk_size: CHUNK_BYTES };
  try {
    const { config, state } = await ask<Omit<SnapshotOf, 'data'>>(
      connection,
      `$JS.API.STREAM.SNAPSHOT.${stream}`,
      Buffer.from(JSON.stringify(request)),
    );
    return { config, state, data: chunksOf(subscription, stream) };
  } catch (error) {
    subscription.unsubscribe();
    throw error;
  }
}

/** An empty message is the last one. */
async function* chunksOf(subscription: Subscription, stream: string): AsyncGenerator<Uint8Array> {
  const messages = subscription[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { value, done } = await within(messages.next(), stream);
      if (done === true) throw new Error('The connection to NATS ended before the snapshot was complete');
      if (value.data.length === 0) return;
      yield value.data;
      // NATS sends more only after this, so a slow disk does not fill the memory.
      value.respond();
    }
  } finally {
    subscription.unsubscribe();
  }
}

async function within<Value>(next: Promise<Value>, what: string): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`NATS sent nothing of ${what} for ${ANSWER_WITHIN_MS / 1_000} s`)),
    ANSWER_WITHIN_MS,
  );
  try {
    return await Promise.race([next, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Makes a stream of a snapshot. There must be no stream of its name. Throws NatsError. */
export async function restoreSnapshot(
  { connection }: Bus,
  { config, state }: { readonly config: object; readonly state: object },
  name: string,
  data: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { deliver_subject } = await ask<{ deliver_subject: string }>(
    connection,
    `$JS.API.STREAM.RESTORE.${name}`,
    Buffer.from(JSON.stringify({ config, state })),
  );
  for await (const chunk of data) {
    for (let from = 0; from < chunk.length; from += CHUNK_BYTES) {
      await ask(connection, deliver_subject, chunk.subarray(from, from + CHUNK_BYTES));
    }
  }
  await ask(connection, deliver_subject, new Uint8Array());
}

/** NATS answers chunks by an empty message. */
async function ask<Answer>(
  connection: NatsConnection,
  subject: string,
  payload: Uint8Array,
): Promise<Answer> {
  const message = await connection.request(subject, payload, { timeout: ANSWER_WITHIN_MS });
  if (message.data.length === 0) return {} as Answer;
  const answer = message.json<ApiAnswer & Answer>();
  if (answer.error === undefined) return answer;
  throw new NatsError(answer.error.description, String(answer.error.code));
}
