/** The running system as the commands see it: which nodes have an action for operators, and calls to them. */
import type { ServiceBroker } from 'moleculer';
import type { Config } from '../../config.ts';
import { operatorActionName } from '../../mixins/names.ts';
import { registryOf } from '../../mixins/registry.ts';
import { isOutcomeUnknown } from '../../schemas/errors.ts';
import { Refusal } from './explain.ts';

export interface Cluster {
  readonly broker: ServiceBroker;
  readonly config: Config;
  /** Who acts, as the log names them. */
  readonly operator: string;
  /** The services, sorted, that have this action on a node that is there; the action is named without the service. */
  servicesWith(action: string): string[];
  /** The nodes, sorted, that have this action now. */
  nodesWith(service: string, action: string): string[];
  /** Any node of the service. Throws a `Refusal` where none is there, or what the action throws. */
  ask<Result>(service: string, action: string, params?: object): Promise<Result>;
  /** Each node of the service; what a node did not answer is told by its error. */
  askAll<Result>(service: string, action: string, params?: object): Promise<Answer<Result>[]>;
  /** A step of the operator, who is added as `by`; on this node, or on any of the service. As `ask`, but a step without an answer is told as one. */
  act<Result>(service: string, action: string, params?: object, node?: string): Promise<Result>;
}

export type Answer<Result> =
  | { readonly node: string; readonly result: Result }
  | { readonly node: string; readonly error: unknown };

const UNKNOWN = 'No answer in time. It may have been done all the same: look before you repeat it';

export function clusterOf(broker: ServiceBroker, config: Config, operator: string): Cluster {
  const registry = registryOf(broker);
  const nodesWith = (service: string, action: string) =>
    registry.nodesWith(operatorActionName(service, action));
  const call = async <Result>(service: string, action: string, params: object = {}, nodeID?: string) => {
    if (nodesWith(service, action).length === 0) throw notThere(service);
    return await broker.call<Result, object>(
      operatorActionName(service, action),
      params,
      nodeID === undefined ? {} : { nodeID },
    );
  };
  return {
    broker,
    config,
    operator,
    nodesWith,
    servicesWith(action) {
      const end = operatorActionName('', action);
      const names = registry
        .actions()
        .flatMap((name) => (name.endsWith(end) ? name.slice(0, -end.length) : []));
      return [...new Set(names)].sort();
    },
    ask: call,
    async act<Result>(service: string, action: string, params: object = {}, node?: string) {
      try {
        return await call<Result>(service, action, { ...params, by: operator }, node);
      } catch (error) {
        if (isOutcomeUnknown(error)) throw new Refusal(UNKNOWN);
        throw error;
      }
    },
    askAll<Result>(service: string, action: string, params: object = {}) {
      return Promise.all(
        nodesWith(service, action).map((node) =>
          call<Result>(service, action, params, node).then(
            (result) => ({ node, result }),
            (error: unknown) => ({ node, error }),
          ),
        ),
      );
    },
  };
}

function notThere(service: string): Refusal {
  return new Refusal(`No node runs ${service} now. Start one: npm run node -- ${service}`);
}

/** The services to look at: the one that was named, else all that are known or there. Throws a `Refusal` for one that is neither. */
export function chosenServices(
  cluster: Cluster,
  action: string,
  known: readonly string[],
  named: string | undefined,
): string[] {
  const all = [...new Set([...known, ...cluster.servicesWith(action)])].sort();
  if (named === undefined) return all;
  if (!all.includes(named))
    throw new Refusal(`There is no such service: ${named}. There are: ${all.join(', ')}`);
  return [named];
}
