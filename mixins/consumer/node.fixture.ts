/**
 * A node of toys in a process of its own: `node node.fixture.ts '{config, key, settings}'`. A
 * feeding of 666 seeds kills it.
 */
import type { Config } from '../../config.ts';
import { toyConsumers } from '../../test/harness/consumers/toy.ts';
import { openNode } from './consumer.fixture.ts';
import type { ConsumerDefinition, ConsumerSettings } from './definition.ts';

const DEADLY = 666;

interface Argument {
  readonly config: Config;
  readonly key: keyof typeof toyConsumers;
  readonly settings: Partial<ConsumerSettings>;
}

const { config, key, settings } = JSON.parse(process.argv[2] ?? '') as Argument;
const toy: ConsumerDefinition = toyConsumers[key];
const node = await openNode(config);
node.consume(
  key,
  {
    ...toy,
    handle: async (batch, tx, platform) => {
      await toy.handle(batch, tx, platform);
      // As running out of memory does: nothing is rolled back in order.
      if (batch.some(({ data }) => (data as { seeds?: number }).seeds === DEADLY)) {
        process.kill(process.pid, 'SIGKILL');
        await new Promise(() => {});
      }
    },
  },
  settings,
);
process.stdout.write('running\n');
