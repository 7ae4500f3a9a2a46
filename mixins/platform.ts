/**
 * What every service of a node shares: its configuration, the connection to the event bus, who is
 * signed in.
 */
import type { Middleware, ServiceBroker } from 'moleculer';
import type { Config } from '../config.ts';
import type { Bus } from './bus/bus.ts';
import type { Identity } from './identity/identity.ts';

export interface Platform {
  readonly config: Config;
  readonly bus: Bus;
  readonly identity: Identity;
}

const platforms = new WeakMap<ServiceBroker, Platform>();

/** The platform of a broker made with `brokerOptions`; throws for any other broker. */
export function platformOf(broker: ServiceBroker): Platform {
  const platform = platforms.get(broker);
  if (platform === undefined) throw new Error('This broker was made without the platform middleware');
  return platform;
}

/**
 * Makes the platform with the broker, connects it before the services start and closes it after
 * they stopped. `starting` waits for a NATS that is away.
 */
export function platformMiddleware(make: (broker: ServiceBroker) => Platform): Middleware {
  return {
    name: 'Platform',
    created(broker) {
      platforms.set(broker, make(broker));
    },
    async starting(broker) {
      const { bus, identity } = platformOf(broker);
      await bus.start();
      await identity.start();
    },
    async stopped(broker) {
      const { bus, identity } = platformOf(broker);
      await identity.stop();
      await bus.stop();
    },
  };
}
