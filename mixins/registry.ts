/** What a node's registry says of the system: which actions and services there are, and where. */
import type { ActionEndpoint, EndpointList, ServiceBroker } from 'moleculer';

export function registryOf(broker: ServiceBroker): Registry {
  return new Registry(broker);
}

class Registry {
  readonly #broker: ServiceBroker;

  constructor(broker: ServiceBroker) {
    this.#broker = broker;
  }

  /** Whether any node runs the action. Moleculer logs each call of an action that no node runs. */
  isServed(action: string): boolean {
    return this.#endpointsOf(action)?.hasAvailable() ?? false;
  }

  /** Whether this node runs the action. */
  isLocal(action: string): boolean {
    return this.#endpointsOf(action)?.hasLocal() ?? false;
  }

  /** This node's endpoint of the action; null where it does not run it. */
  localEndpoint(action: string): ActionEndpoint | null {
    return this.#endpointsOf(action)?.nextLocal() ?? null;
  }

  /** The ids of the nodes that run the action, sorted. */
  nodesWith(action: string): string[] {
    const endpoints = this.#endpointsOf(action)?.endpoints ?? [];
    return endpoints
      .filter(({ isAvailable }) => isAvailable)
      .map(({ id }) => id)
      .sort();
  }

  /** The names of all actions that any node runs. */
  actions(): string[] {
    return this.#broker.registry.getActionList({ onlyAvailable: true }).map(({ name }) => name);
  }

  /** The services of all nodes, one for each node that runs it. */
  services(): { readonly name: string; readonly nodeID?: string }[] {
    return this.#broker.registry.getServiceList({ onlyAvailable: true, skipInternal: true });
  }

  #endpointsOf(action: string): EndpointList<ActionEndpoint> | undefined {
    return this.#broker.registry.actions.get(action);
  }
}
