/**
 * Moleculer's NATS transporter, mended where it fails a node that starts or stops:
 * - With the balancer off it drops and renews all its queue subscriptions whenever a service is registered. What is
 *   sent meanwhile to the only node of a service is lost, and its caller waits for the time limit.
 * - It subscribes the actions of services up to a second after they have started, but answers a node that asks meanwhile with
 *   all of them: that one's calls would be lost likewise.
 * - While NATS is away it throws when the broker stops, which then skips the services' own stopping.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type ServiceBroker, Transporters } from 'moleculer';
import type { NatsConnection, Subscription } from 'nats';

/** What was sent last may take this long to leave when a node stops, in milliseconds. */
const FLUSH_MS = 1_000;

/** Moleculer's type of the packet that tells a node's services. */
const ANNOUNCEMENT = 'INFO';

type Packet = Parameters<Transporters.NATS['publish']>[0];

/** What this node announces of a service. */
interface Announced {
  readonly name: string;
  readonly actions?: Readonly<Record<string, object>>;
  readonly events?: Readonly<Record<string, { readonly group?: string }>>;
}

/** Named in `moleculer.config.ts`; takes the same options as Moleculer's. */
export class NatsTransporter extends Transporters.NATS {
  /** By what they are for. */
  readonly #balanced = new Map<string, Subscription>();

  #announced(): readonly Announced[] {
    const { broker } = this as unknown as { broker: ServiceBroker };
    return (broker.getLocalNodeInfo() as unknown as { services: readonly Announced[] }).services;
  }

  /** Every subscription that this node's services need, and how to make it. */
  #wanted(): Map<string, () => Promise<void>> {
    const wanted = new Map<string, () => Promise<void>>();
    for (const { name, actions = {}, events = {} } of this.#announced()) {
      for (const action of Object.keys(actions)) {
        wanted.set(`action ${action}`, () => this.subscribeBalancedRequest(action));
      }
      for (const [event, { group = name }] of Object.entries(events)) {
        wanted.set(`event ${group} ${event}`, () => this.subscribeBalancedEvent(event, group));
      }
    }
    return wanted;
  }

  /** Subscribes what is new, then ends what is gone, and touches nothing else. Without a pause: it may be called again meanwhile. */
  override async makeBalancedSubscriptions(): Promise<void> {
    if (this.client === null) return;
    const wanted = this.#wanted();
    const subscribing: Promise<void>[] = [];
    for (const [purpose, subscribe] of wanted) {
      if (this.#balanced.has(purpose)) continue;
      subscribing.push(subscribe());
      const made = this.subscriptions.at(-1);
      if (made !== undefined) this.#balanced.set(purpose, made);
    }
    for (const [purpose, subscription] of this.#balanced) {
      if (wanted.has(purpose)) continue;
      subscription.unsubscribe();
      this.#balanced.delete(purpose);
    }
    await Promise.all(subscribing);
  }

  /** What a node announces it also hears: NATS keeps the order of what one connection says. */
  override async publish(packet: Packet): Promise<void> {
    if (packet.type === ANNOUNCEMENT) await this.makeBalancedSubscriptions();
    await super.publish(packet);
  }

  override async disconnect(): Promise<void> {
    const client = this.client as NatsConnection | null;
    if (client === null) return;
    this.client = null;
    this.#balanced.clear();
    this.subscriptions = [];
    // Without NATS there is nobody to send to: a flush would fail or wait for its return.
    await Promise.race([client.flush().catch(() => {}), delay(FLUSH_MS, undefined, { ref: false })]);
    await Promise.race([client.close(), delay(FLUSH_MS, undefined, { ref: false })]);
  }
}
