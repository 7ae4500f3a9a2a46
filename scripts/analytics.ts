/**
 * `npm run analytics -- rebuild` builds the figures anew from the streams, beside the live ones, and puts them in their place; `status`
 * shows which are live and how far a rebuild is; `cancel` gives one up. It asks the running nodes of analytics, which do the work: ending
 * this command ends no rebuild, and calling it again follows the one under way. The exit status is 0 for a rebuild that is live, 1 otherwise.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceBroker } from 'moleculer';
import { readConfig } from '../config.ts';
import type { RebuildStatus } from '../services/analytics/rebuild.handler.ts';
import { askService, explainRefusal, look } from './launcher/ask.ts';
import { thisOperator } from './launcher/operator.ts';
import { describeRebuild } from './rebuild-status.ts';

/** Pause between two looks at a rebuild, in milliseconds. */
const LOOK_MS = 500;

const commands: Readonly<Record<string, (broker: ServiceBroker) => Promise<boolean>>> = {
  async rebuild(broker) {
    const { generation } = await broker.call<{ generation: number }, object>('analytics.rebuild.start', {
      by: thisOperator(),
    });
    console.log(`Generation ${generation} is being built`);
    for (let shown = ''; ; await delay(LOOK_MS)) {
      const status = await look<RebuildStatus>(broker, 'analytics.rebuild.status');
      if (status === undefined) continue;
      const { rebuild } = status;
      if (rebuild?.number !== generation) return outcome(status, generation);
      const now = describeRebuild(status);
      if (now !== shown) console.log(now);
      shown = now;
      if (rebuild.state !== 'building') return rebuild.state === 'live';
    }
  },
  async status(broker) {
    const status = await broker.call<RebuildStatus>('analytics.rebuild.status');
    console.log(`Generation ${status.live.generation} is live`);
    if (status.rebuild !== null) console.log(describeRebuild(status));
    return true;
  },
  async cancel(broker) {
    await broker.call('analytics.rebuild.cancel', { by: thisOperator() });
    console.log('The rebuild was given up; the live figures are as they were');
    return true;
  },
};

/** Another rebuild has begun meanwhile: ours was live before, or never. */
function outcome({ live }: RebuildStatus, generation: number): boolean {
  console.log(`Another rebuild has begun; generation ${live.generation} is live`);
  return live.generation >= generation;
}

async function main(): Promise<number> {
  const command = commands[process.argv[2] ?? ''];
  if (command === undefined || process.argv.length > 3) {
    console.error(`Usage: npm run analytics -- ${Object.keys(commands).join('|')}`);
    return 2;
  }
  return (await askService(readConfig(process.env), 'analytics', command)) ? 0 : 1;
}

process.exit(
  await main().catch((error: unknown) => {
    console.error(explainRefusal(error));
    return 1;
  }),
);
