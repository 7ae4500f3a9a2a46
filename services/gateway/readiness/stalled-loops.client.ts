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

export class StalledLoops {
  readonly #broker: ServiceBroker;
  readonly #services: readonly string[];
  readonly #loop: Loop;
  #names: readonly string[] = [];

  constructor(broker: ServiceBroker, services: readonly string[]) {
    this.#broker = broker;
    this.#services = services;
    this.#loop = new Loop({
      // This loop has no items of its own, so it can't be stalled.
      name: 'stalled-loops',
      runOnce: () => this.#ask().then(() => false),
      // Calls that fail are left out.
      outage: new Outage("Stalled loops can't be checked", broker.logger),
      pollMs: ASK_EVERY_MS,
    });
  }

  /** `<service>-<loop>`, sorted: the loops that were stalled on any node at the last call. */
  get names(): readonly string[] {
    return this.#names;
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #ask(): Promise<void> {
    const registry = registryOf(this.#broker);
    const asked = this.#services.flatMap((service) => {
      const action = `${service}.${ACTION}`;
      return registry.nodesWith(action).map((nodeID) => this.#askNode(action, nodeID));
    });
    const stats = (await Promise.all(asked)).flat();
    const stalled = stats.filter(({ state }) => state === 'stalled').map(({ loop }) => loop);
    this.#names = [...new Set(stalled)].sort();
  }

  async #askNode(action: string, nodeID: string): Promise<readonly LoopStats[]> {
    const options = { nodeID, timeout: ANSWER_WITHIN_MS };
    return await this.#broker.call<LoopStats[], object>(action, {}, options).catch(() => []);
  }
}
