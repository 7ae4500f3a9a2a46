/** How the gateway learns what its readiness rests on. */
import type { ServiceBroker } from 'moleculer';
import { platformOf } from '../../mixins/platform.ts';
import type { ReadinessOptions, ReadyAnswer } from './readiness.ts';

/** A service that does not answer within this many milliseconds is asked again. */
const ASK_TIMEOUT_MS = 2_000;

interface Endpoints {
  hasAvailable(): boolean;
  hasLocal(): boolean;
}

function endpointsOf(broker: ServiceBroker, service: string): Endpoints | undefined {
  const registry = broker.registry as unknown as {
    getActionEndpoints(action: string): Endpoints | undefined;
  };
  return registry.getActionEndpoints(`${service}.ready`);
}

/** Asks `<service>.ready`, where somebody runs it. */
export function readinessProbe(broker: ServiceBroker): ReadinessOptions['ask'] {
  return async (service) => {
    if (!endpointsOf(broker, service)?.hasAvailable()) return undefined;
    return broker.call<ReadyAnswer, object>(`${service}.ready`, {}, { timeout: ASK_TIMEOUT_MS });
  };
}

/** With the broker away only a node that runs everything can do its work. */
export function obstacleOf(broker: ServiceBroker, services: readonly string[]): string | null {
  const { bus } = platformOf(broker);
  const isWhole = () => services.every((service) => endpointsOf(broker, service)?.hasLocal());
  return bus.connected || isWhole() ? null : 'the broker is away';
}
