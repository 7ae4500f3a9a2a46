/**
 * `npm run nats -- replicas [number]`: shows or changes how many replicas the streams and buckets
 * of the system have.
 */
import type { JetStreamManager, Placement, StreamInfo } from 'nats';
import type { Bus } from '#mixins/bus/bus.ts';
import { STREAMS_BUCKET } from '#mixins/bus/epochs.ts';
import { jetStreamCode, STREAM_NOT_FOUND } from '#mixins/bus/error-codes.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { keptReplicas, MAX_REPLICAS, parseReplicas, REPLICAS_KEY } from '#mixins/bus/replicas.ts';
import { messageOf } from '#schemas/text.ts';
import type { Config } from '../../config.ts';
import { assertSystem } from '../launcher/assert-system.ts';
import { LaunchError } from '../launcher/launch-error.ts';

/**
 * It may be repeated: streams that have the number stay as they are. Throws a `LaunchError` for an
 * invalid number, where there is no such system, or where NATS refuses. Then nothing was changed,
 * or the message says what was.
 */
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
    if (wanted !== null) await changeReplicas(bus, wanted);
    await show(bus, print);
  } finally {
    await bus.stop();
  }
}

/** As `replicas`, on a started bus. */
export async function changeReplicas(bus: Bus, wanted: number): Promise<void> {
  const streams = await answering(bus);
  await assertPossible(bus, streams, wanted);
  // The number is stored first, so that a node that starts meanwhile does not raise lowered streams
  // again.
  await (await bus.bucket(STREAMS_BUCKET)).put(REPLICAS_KEY, String(wanted));
  const failed = new Map<string, string>();
  for (const { config } of streams) {
    if (config.num_replicas === wanted) continue;
    try {
      await bus.manager.streams.update(config.name, { ...config, num_replicas: wanted });
    } catch (error) {
      failed.set(config.name, messageOf(error));
    }
  }
  if (failed.size === 0) return;
  const done = streams.filter(({ config }) => !failed.has(config.name));
  throw new LaunchError(
    `These have ${wanted} replicas now: ${namesOf(done) || 'none'}. These were not changed: ${reasons(failed)}. ` +
      'The same command, when it is repeated, changes the rest',
  );
}

/** All streams of the system. Throws `LaunchError` where one does not answer. */
async function answering(bus: Bus): Promise<StreamInfo[]> {
  const { streams, silent } = await streamsOf(bus);
  if (silent.size === 0) return streams;
  throw new LaunchError(
    `Nothing was changed, as each stream must answer first. These do not: ${reasons(silent)}`,
  );
}

/** Throws `LaunchError` where NATS has too few servers for the replicas of a stream. */
async function assertPossible(bus: Bus, streams: readonly StreamInfo[], wanted: number): Promise<void> {
  const fewer = streams.filter(({ config }) => config.num_replicas < wanted);
  const byPlacement = Map.groupBy(fewer, ({ config }) => JSON.stringify(config.placement));
  for (const group of byPlacement.values()) {
    const reason = await refusalOf(bus, wanted, group[0]?.config.placement);
    if (reason === null) continue;
    throw new LaunchError(
      `Nothing was changed, as NATS has no place for ${wanted} replicas of ${namesOf(group)}: ${reason}`,
    );
  }
}

/**
 * Why NATS cannot place a stream with this number of replicas. Null where it can. No request
 * returns the number of suitable servers, so an empty stream is made and deleted.
 */
async function refusalOf(
  { manager, namespace }: Bus,
  replicas: number,
  placement: Placement | undefined,
): Promise<string | null> {
  // No stream of a service has such a name.
  const trial = { name: `${namespace}_replicas_trial`, subjects: [`${namespace}._replicas.trial`] };
  // An earlier run may have been killed.
  await deleteIfThere(manager, trial.name);
  try {
    await manager.streams.add({ ...trial, num_replicas: replicas, ...(placement && { placement }) });
  } catch (error) {
    if (jetStreamCode(error) !== undefined) return messageOf(error);
    throw error;
  }
  await deleteIfThere(manager, trial.name);
  return null;
}

async function deleteIfThere(manager: JetStreamManager, name: string): Promise<void> {
  try {
    await manager.streams.delete(name);
  } catch (error) {
    if (jetStreamCode(error) !== STREAM_NOT_FOUND) throw error;
  }
}

async function show(bus: Bus, print: (line: string) => void): Promise<void> {
  const kept = await keptReplicas(bus.manager, bus.namespace);
  print(`The cluster keeps: ${kept ?? 'no number, so a start leaves each stream as it is'}`);
  const { streams, silent } = await streamsOf(bus);
  for (const { config } of streams) print(`${config.num_replicas}  ${config.name}`);
  for (const [name, reason] of silent) print(`?  ${name} does not answer: ${reason}`);
}

/**
 * Streams and buckets of the system, by name, and the reasons why some do not answer (such as
 * servers that are away). A system whose namespace begins with ours, such as `ates_2`, is left out.
 */
async function streamsOf({
  manager,
  namespace,
}: Bus): Promise<{ streams: StreamInfo[]; silent: Map<string, string> }> {
  const ours = new RegExp(`^(${namespace}_[A-Z][A-Z0-9_]*|KV_${namespace}_[a-z]+)$`);
  const names: string[] = [];
  // `list` would leave out streams that do not answer.
  for await (const name of manager.streams.names()) if (ours.test(name)) names.push(name);
  names.sort((a, b) => a.localeCompare(b));
  const silent = new Map<string, string>();
  const found = await Promise.all(
    names.map((name) =>
      manager.streams.info(name).catch((error: unknown) => void silent.set(name, messageOf(error))),
    ),
  );
  return { streams: found.filter((stream) => stream !== undefined), silent };
}

function namesOf(streams: readonly StreamInfo[]): string {
  return streams.map(({ config }) => config.name).join(', ');
}

function reasons(byName: ReadonlyMap<string, string>): string {
  return [...byName].map(([name, reason]) => `${name} (${reason})`).join(', ');
}
