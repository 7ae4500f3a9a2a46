/**
 * Watches a bucket: all of its entries, then each change. The client's own watch fails again and
 * again at an entry without a value whose headers have a status. It takes that entry for a message
 * of the server. Any user of JetStream can make the server write such an entry. So this watch
 * decides by the subject of the answer, which only the server sets.
 */
import { AckPolicy, createInbox, DeliverPolicy, type Msg, nanos, nuid, type Subscription } from 'nats';
import { bucketName } from '#mixins/names.ts';
import type { Bus } from './bus.ts';

/** How often the server sends a heartbeat, in milliseconds. Flow control requires it. */
const HEARTBEAT_MS = 5_000;
const ACK = '$JS.ACK.';
const FLOW_CONTROL = '$JS.FC.';

/** An entry as it arrived. */
export interface BucketEntry {
  readonly key: string;
  readonly revision: number;
  /** How many entries follow it. */
  readonly delta: number;
  readonly operation: 'PUT' | 'DEL' | 'PURGE';
  string(): string;
  /** Throws where the value is no JSON. */
  json<Value>(): Value;
}

export type BucketWatch = Awaited<ReturnType<typeof watchBucket>>;

/** Throws the error of NATS, such as for a missing bucket. */
export async function watchBucket(bus: Bus, name: string) {
  const bucket = bucketName(bus.namespace, name);
  const prefix = `$KV.${bucket}.`;
  const subject = createInbox(bus.inboxPrefix);
  const subscription = bus.connection.subscribe(subject);
  const stop = () => subscription.unsubscribe();
  try {
    const { num_pending, delivered } = await bus.manager.consumers.add(`KV_${bucket}`, {
      name: nuid.next(),
      deliver_subject: subject,
      deliver_policy: DeliverPolicy.LastPerSubject,
      filter_subject: `${prefix}>`,
      ack_policy: AckPolicy.None,
      flow_control: true,
      idle_heartbeat: nanos(HEARTBEAT_MS),
      mem_storage: true,
      num_replicas: 1,
    });
    return {
      /**
       * In the order of revisions. They end after `stop`, and when one was lost on its way: then
       * watch anew.
       */
      entries: entriesOf(bus, subscription, prefix),
      /** Whether the bucket had no entry when the watch began. */
      isEmpty: num_pending + delivered.consumer_seq === 0,
      stop,
    };
  } catch (error) {
    stop();
    throw error;
  }
}

async function* entriesOf(bus: Bus, subscription: Subscription, prefix: string): AsyncGenerator<BucketEntry> {
  let last = 0;
  for await (const message of subscription) {
    if (message.reply?.startsWith(ACK) !== true) {
      answerServer(bus, message);
      continue;
    }
    const { revision, place, delta } = readReply(message.reply);
    last += 1;
    if (place !== last) return;
    const operation = message.headers?.get('KV-Operation');
    yield {
      key: message.subject.slice(prefix.length),
      revision,
      delta,
      operation: operation === 'DEL' || operation === 'PURGE' ? operation : 'PUT',
      string: () => message.string(),
      json: () => message.json(),
    };
  }
}

/** Confirms that the earlier messages arrived, so that the server goes on. */
function answerServer({ connection }: Bus, { reply, headers }: Msg): void {
  const stalled = headers?.get('Nats-Consumer-Stalled') || reply;
  if (stalled?.startsWith(FLOW_CONTROL)) connection.publish(stalled);
}

/**
 * `$JS.ACK.<stream>.<consumer>.<deliveries>.<revision>.<place>.<time>.<delta>`. Servers with
 * domains add two words before the stream, and may add some at the end.
 */
function readReply(reply: string): { revision: number; place: number; delta: number } {
  const words = reply.split('.');
  const first = words.length === 9 ? 5 : 7;
  const numberAt = (index: number) => Number(words[first + index]);
  return { revision: numberAt(0), place: numberAt(1), delta: numberAt(3) };
}
