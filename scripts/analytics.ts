/**
 * `npm run analytics -- rebuild` builds the figures anew from the streams, beside the live ones, and puts them in their place; `status`
 * shows which are live and how far a rebuild is; `cancel` gives one up. It asks the running nodes of analytics, which do the work: ending
 * this command ends no rebuild, and calling it again follows the one under way. The exit status is 0 for a rebuild that is live, 1 otherwise.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ServiceBroker } from 'moleculer';
import { type Config, ConfigError, readConfig } from '../config.ts';
import { brokerOptions } from '../mixins/broker.ts';
import type { RebuildStatus } from '../services/analytics/rebuild.handler.ts';
import { findAddresses } from './launcher/addresses.ts';
import { LaunchError } from './launcher/launch-error.ts';
import { thisOperator } from './launcher/operator.ts';

/** How long a node of analytics may take to show up, in milliseconds. */
const FOUND_WITHIN_MS = 15_000;
/** Pause between two looks at a rebuild, in milliseconds. */
const LOOK_MS = 500;
/** Moleculer's own words for a node that is away or restarts: the rebuild goes on, and so do we. */
const PASSING = new Set([
  'SERVICE_NOT_FOUND',
  'SERVICE_NOT_AVAILABLE',
  'REQUEST_TIMEOUT',
  'REQUEST_REJECTED',
  'service_unavailable',
]);

const commands: Readonly<Record<string, (broker: ServiceBroker) => Promise<boolean>>> = {
  async rebuild(broker) {
    const { generation } = await broker.call<{ generation: number }, object>('analytics.rebuild.start', {
      by: thisOperator(),
    });
    console.log(`Generation ${generation} is being built`);
    for (let shown = ''; ; await delay(LOOK_MS)) {
      const status = await look(broker);
      if (status === undefined) continue;
      const { rebuild } = status;
      if (rebuild?.number !== generation) return outcome(status, generation);
      const now = describe(status);
      if (now !== shown) console.log(now);
      shown = now;
      if (rebuild.state !== 'building') return rebuild.state === 'live';
    }
  },
  async status(broker) {
    const status = await broker.call<RebuildStatus>('analytics.rebuild.status');
    console.log(`Generation ${status.live.generation} is live`);
    if (status.rebuild !== null) console.log(describe(status));
    return true;
  },
  async cancel(broker) {
    await broker.call('analytics.rebuild.cancel', { by: thisOperator() });
    console.log('The rebuild was given up; the live figures are as they were');
    return true;
  },
};

/** Undefined while nobody answers. */
async function look(broker: ServiceBroker): Promise<RebuildStatus | undefined> {
  try {
    return await broker.call<RebuildStatus>('analytics.rebuild.status');
  } catch (error) {
    if (error instanceof Error && 'type' in error && PASSING.has(String(error.type))) return undefined;
    throw error;
  }
}

/** Another rebuild has begun meanwhile: ours was live before, or never. */
function outcome({ live }: RebuildStatus, generation: number): boolean {
  console.log(`Another rebuild has begun; generation ${live.generation} is live`);
  return live.generation >= generation;
}

function describe({ rebuild }: RebuildStatus): string {
  if (rebuild === null) return 'Nothing was ever rebuilt';
  const { number, state, reason, streams } = rebuild;
  switch (state) {
    case 'building': {
      const parts = streams.map(
        ({ service, applied, target }) => `${service} ${applied} of ${target ?? '…'}`,
      );
      return `Generation ${number}: ${parts.join(', ') || 'beginning'}`;
    }
    case 'live':
      return `Generation ${number} is complete, and live`;
    case 'retired':
      return `Generation ${number} was live until another one took its place`;
    default:
      return `Generation ${number} was ${state}: ${reason}`;
  }
}

/** Where the system is: named by variables, or found in the data folder. */
function located(config: Config): Config {
  const natsUrl = config.natsUrls.join(',') || findAddresses(config.dataDir)?.natsUrl;
  if (natsUrl === undefined) {
    throw new LaunchError(
      `No system runs on the data folder ${config.dataDir}. Start it (npm start), name its folder with DATA_DIR, or set NATS_URL.`,
    );
  }
  // What goes wrong is told by the exit status and in words.
  return { ...config, natsUrls: natsUrl.split(','), logLevel: 'fatal' };
}

async function main(): Promise<number> {
  const command = commands[process.argv[2] ?? ''];
  if (command === undefined || process.argv.length > 3) {
    console.error(`Usage: npm run analytics -- ${Object.keys(commands).join('|')}`);
    return 2;
  }
  const broker = new ServiceBroker(brokerOptions(located(readConfig(process.env))));
  const started = broker.start().then(() => broker.waitForServices('analytics', FOUND_WITHIN_MS));
  const found = await Promise.race([started.then(() => true), delay(FOUND_WITHIN_MS, false)]).catch(
    () => false,
  );
  if (!found) throw new LaunchError(`No node of analytics answered within ${FOUND_WITHIN_MS / 1_000} s`);
  try {
    return (await command(broker)) ? 0 : 1;
  } finally {
    await broker.stop();
  }
}

/** What another node refused, and what can be mended here, is told without a stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const told = error instanceof LaunchError || error instanceof ConfigError || 'type' in error;
  return told ? error.message : (error.stack ?? error.message);
}

process.exit(
  await main().catch((error: unknown) => {
    console.error(explain(error));
    return 1;
  }),
);
