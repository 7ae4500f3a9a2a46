/** What a node's registry says of the system: which actions and services there are, and where. */
import type { ActionEndpoint, Context, EndpointList, ServiceBroker } from 'moleculer';

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

  /** An endpoint of the action on a node that is none of these; undefined where there is none. */
  endpointBeside(action: string, nodeIds: ReadonlySet<string>, ctx: Context): ActionEndpoint | undefined {
    const list = this.#endpointsOf(action);
    const others = list?.endpoints.filter(({ id, isAvailable }) => isAvailable && !nodeIds.has(id)) ?? [];
    return others.length === 0 ? undefined : (list?.select(others, ctx) ?? undefined);
  }

  /**
   * Takes a node out of the registry, until it announces itself again. Unlike Moleculer, it leaves
   * the calls that the node has not answered as they are: some may have to wait. `isExpected`: the
   * node has said so itself.
   */
  drop(nodeId: string, isExpected = false): void {
    const { transit, registry, nodeID: own } = this.#broker;
    // Anybody can send a message that names this node.
    if (transit === undefined || nodeId === own || registry.nodes.get(nodeId)?.available !== true) return;
    const { pendingRequests } = transit;
    const others = [...pendingRequests].filter(([, { nodeID }]) => nodeID === nodeId);
    for (const [id] of others) pendingRequests.delete(id);
    registry.nodes.disconnected(nodeId, !isExpected);
    for (const [id, request] of others) pendingRequests.set(id, request);
  }

  /** Asks a node that was dropped, and is there after all, to announce itself. */
  welcome(nodeId: string): void {
    const { nodes, discoverer } = this.#broker.registry;
    if (nodes.get(nodeId)?.available === false) void discoverer.discoverNode(nodeId);
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

  /** The rules of an action's params, by name. Empty where no node runs it. */
  paramsOf(action: string): Readonly<Record<string, unknown>> {
    return this.#endpointsOf(action)?.endpoints[0]?.action.params ?? {};
  }

  /** The services of all nodes, one for each node that runs it. */
  services(): { readonly name: string; readonly nodeID?: string }[] {
    return this.#broker.registry.getServiceList({ onlyAvailable: true, skipInternal: true });
  }

  #endpointsOf(action: string): EndpointList<ActionEndpoint> | undefined {
    return this.#broker.registry.actions.get(action);
  }
}
