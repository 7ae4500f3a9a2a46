/**
 * The stalled loops of the system, for `/readyz`. They are fetched in the background because anyone
 * may call the gateway at any rate.
 */
import type { ServiceBroker } from 'moleculer';
import { Loop } from '#mixins/loops/loop.ts';
import type { LoopStats } from '#mixins/loops/loops.ts';
import { Outage } from '#mixins/outage.ts';
import { registryOf } from '#mixins/registry.ts';

const ACTION = 'loops.stats';
/** The actions that the gateway calls, as its permissions name them. */
export const LOOP_ACTIONS = `*.${ACTION}`;
/** How often all nodes are asked, in milliseconds. */
const ASK_EVERY_MS = 5_000;
/** A node that does not answer within this many milliseconds is left out until the next time. */
const ANSWER_WITHIN_MS = 2_000;

export interface StalledLoops {
  readonly loop: Loop;
  /** `<service>-<loop>`, sorted: the loops that were stalled on any node at the last call. */
  names(): readonly string[];
}

export function stalledLoops(broker: ServiceBroker, services: readonly string[]): StalledLoops {
  let names: readonly string[] = [];
  const askNode = (action: string, nodeID: string): Promise<readonly LoopStats[]> => {
    const options = { nodeID, timeout: ANSWER_WITHIN_MS };
    return broker.call<LoopStats[], object>(action, {}, options).catch(() => []);
  };
  const loop = new Loop({
    // This loop has no items of its own, so it can't be stalled.
    name: 'stalled-loops',
    async runOnce() {
      const actions = services.map((service) => `${service}.${ACTION}`);
      const asked = actions.flatMap((action) =>
        registryOf(broker)
          .nodesWith(action)
          .map((nodeID) => askNode(action, nodeID)),
      );
      const stats = (await Promise.all(asked)).flat();
      const stalled = stats.filter(({ state }) => state === 'stalled');
      names = [...new Set(stalled.map((each) => each.loop))].sort();
      return false;
    },
    // Calls that fail are left out.
    outage: new Outage("Stalled loops can't be checked", broker.logger),
    pollMs: ASK_EVERY_MS,
  });
  return { loop, names: () => names };
}
