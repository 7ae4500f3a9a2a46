/** `npm run nats -- replicas [number]`: shows or changes how many replicas the streams and buckets of the system have. */
import type { StreamInfo } from 'nats';
import type { Config } from '../../config.ts';
import type { Bus } from '../../mixins/bus/bus.ts';
import { STREAMS_BUCKET } from '../../mixins/bus/epochs.ts';
import { createBus } from '../../mixins/bus/nats-bus.ts';
import {
  keptReplicas,
  MAX_REPLICAS,
  parseReplicas,
  REPLICAS_KEY,
  setReplicas,
} from '../../mixins/bus/replicas.ts';
import { assertSystem } from '../launcher/assert-system.ts';
import { LaunchError } from '../launcher/launch-error.ts';

/** Throws `LaunchError` for another number, where there is no such system, and where NATS refuses the number. */
export async function replicas(
  config: Config,
  number: string | undefined,
  print: (line: string) => void,
): Promise<void> {
  const wanted = number === undefined ? null : parseReplicas(number);
  if (number !== undefined && wanted === null) {
    throw new LaunchError(
      `${number} is no number of replicas: it is a whole number from 1 to ${MAX_REPLICAS}`,
    );
  }
  await assertSystem(config);
  const bus = createBus(config, undefined, { observer: true });
  await bus.start();
  try {
    if (wanted !== null) await change(bus, wanted);
    await show(bus, print);
  } finally {
    await bus.stop();
  }
}

async function change(bus: Bus, wanted: number): Promise<void> {
  const before = await keptReplicas(bus.manager, bus.namespace);
  const bucket = await bus.bucket(STREAMS_BUCKET);
  // First: a node that starts meanwhile must not raise again what is lowered here.
  await bucket.put(REPLICAS_KEY, String(wanted));
  for (const stream of await streamsOf(bus)) {
    try {
      await setReplicas(bus.manager, stream, wanted);
    } catch (cause) {
      if (before !== null) await bucket.put(REPLICAS_KEY, String(before));
      else await bucket.delete(REPLICAS_KEY);
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new LaunchError(
        `${stream.config.name} stays at ${stream.config.num_replicas} replicas: ${reason}`,
        { cause },
      );
    }
  }
}

async function show(bus: Bus, print: (line: string) => void): Promise<void> {
  const kept = await keptReplicas(bus.manager, bus.namespace);
  print(`The cluster keeps: ${kept ?? 'no number, so a start leaves each stream as it is'}`);
  for (const { config } of await streamsOf(bus)) print(`${config.num_replicas}  ${config.name}`);
}

/** Streams and buckets of the system, by name. Those of a system whose namespace begins with ours, such as `ates_2`, are not. */
async function streamsOf({ manager, namespace }: Bus): Promise<StreamInfo[]> {
  const ours = new RegExp(`^(${namespace}_[A-Z][A-Z0-9_]*|KV_${namespace}_[a-z]+)$`);
  const streams: StreamInfo[] = [];
  for await (const stream of manager.streams.list()) if (ours.test(stream.config.name)) streams.push(stream);
  return streams.sort((a, b) => a.config.name.localeCompare(b.config.name));
}
