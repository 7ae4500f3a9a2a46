/**
 * Reports when service accounts were last used here to the owner of the identity bucket, so that a
 * use costs no write.
 */
import type { ServiceBroker } from 'moleculer';
import type { Identity, UsesOfServices } from '#mixins/identity/identity.ts';
import { USES_ACTION } from '#mixins/identity/identity.ts';
import { Loop } from '#mixins/loops/loop.ts';
import { Outage } from '#mixins/outage.ts';
import { registryOf } from '#mixins/registry.ts';

/** The actions that the gateway calls, as its permissions name them. */
export const USES_ACTIONS = `*.${USES_ACTION}`;
/** How often uses are reported, in milliseconds. Admins see them a minute late at most. */
const REPORT_EVERY_MS = 30_000;

export class ServiceUses {
  readonly #broker: ServiceBroker;
  readonly #identity: Pick<Identity, 'takeUses'>;
  readonly #actions: readonly string[];
  /** Uses that the owner does not have yet. */
  #unreported: Readonly<Record<string, number>> = {};
  readonly loop: Loop;

  /** `services` are those of the product, of which one is the owner. */
  constructor(broker: ServiceBroker, identity: Pick<Identity, 'takeUses'>, services: readonly string[]) {
    this.#broker = broker;
    this.#identity = identity;
    this.#actions = services.map((service) => `${service}.${USES_ACTION}`);
    this.loop = new Loop({
      // Its uses are reported together, so no item can block others.
      name: 'service-uses',
      runOnce: async () => {
        await this.runOnce();
        return false;
      },
      outage: new Outage("Uses of service accounts can't be reported", broker.logger),
      pollMs: REPORT_EVERY_MS,
    });
  }

  /** Reports all uses; keeps them for the next time where the owner is away. */
  async runOnce(): Promise<number> {
    this.#unreported = { ...this.#unreported, ...this.#identity.takeUses() };
    const uses = this.#unreported;
    const action = this.#actions.find((each) => registryOf(this.#broker).isServed(each));
    if (action === undefined || Object.keys(uses).length === 0) return 0;
    await this.#broker.call<void, UsesOfServices>(action, { uses });
    this.#unreported = {};
    return Object.keys(uses).length;
  }
}
