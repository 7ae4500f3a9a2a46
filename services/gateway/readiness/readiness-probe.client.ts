/** The calls and checks behind the gateway's readiness. */
import type { ServiceBroker } from 'moleculer';
import { platformOf } from '#mixins/platform.ts';
import { registryOf } from '#mixins/registry.ts';
import type { ReadinessOptions, ReadyAnswer } from './readiness.worker.ts';

/** A service that does not answer within this many milliseconds is asked again later. */
const ASK_TIMEOUT_MS = 2_000;

const readyAction = (service: string) => `${service}.ready`;

/** Calls `<service>.ready` if a node runs the service. */
export function readinessProbe(broker: ServiceBroker): ReadinessOptions['ask'] {
  return async (service) => {
    const action = readyAction(service);
    if (!registryOf(broker).isServed(action)) return undefined;
    return broker.call<ReadyAnswer, object>(action, {}, { timeout: ASK_TIMEOUT_MS });
  };
}

/** Without the broker, only a node that runs all services can work. */
export function obstacleOf(broker: ServiceBroker, services: readonly string[]): string | null {
  const { bus } = platformOf(broker);
  const isWhole = () => services.every((service) => registryOf(broker).isLocal(readyAction(service)));
  return bus.connected || isWhole() ? null : 'the broker is away';
}
