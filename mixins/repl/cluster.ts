/**
 * The running system for the REPL commands: the nodes that have an action for operators, and calls
 * to them.
 */
import type { ServiceBroker } from 'moleculer';
import { operatorActionName } from '#mixins/names.ts';
import { registryOf } from '#mixins/registry.ts';
import { isOutcomeUnknown } from '#schemas/errors.ts';
import type { Config } from '../../config.ts';
import { explain, Refusal } from './explain.ts';

export interface Cluster {
  readonly broker: ServiceBroker;
  readonly config: Config;
  /** The operator's name, as the log shows it. */
  readonly operator: string;
  /**
   * The services, sorted, that have this action on an available node. The action is named without
   * the service.
   */
  servicesWith(action: string): string[];
  /** The nodes, sorted, that have this action now. */
  nodesWith(service: string, action: string): string[];
  /**
   * Calls any node of the service. Throws a `Refusal` where no node is available, or the action's
   * error.
   */
  ask<Result>(service: string, action: string, params?: object): Promise<Result>;
  /** Calls each node of the service. A node that did not answer gets its error. */
  askAll<Result>(service: string, action: string, params?: object): Promise<Answer<Result>[]>;
  /**
   * Runs a change by the operator, who is added as `by`, on this node or on any of the service.
   * Throws as `ask` does. When no answer came, the error says that the outcome is unknown.
   */
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
    if (nodesWith(service, action).length === 0) {
      throw new Refusal(`No node runs ${service} now. Start one: npm run node -- ${service}`);
    }
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

/**
 * The services to show: the named one, otherwise all that are known or available. Throws a
 * `Refusal` for a name that is neither.
 */
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

/** The stats of one consumer or loop on one node of its service. */
export interface Seen<Stats> {
  readonly service: string;
  readonly node: string;
  readonly stats: Stats;
}

export interface Look<Stats> {
  readonly seen: readonly Seen<Stats>[];
  /** Nodes and services that did not answer, as text. */
  readonly silent: readonly string[];
}

/** Asks all nodes of these services for their stats. */
export async function lookAt<Stats>(
  cluster: Cluster,
  services: readonly string[],
  action: string,
): Promise<Look<Stats>> {
  const seen: Seen<Stats>[] = [];
  const silent: string[] = [];
  await Promise.all(
    services.map(async (service) => {
      const answers = await cluster.askAll<Stats[]>(service, action);
      if (answers.length === 0) silent.push(`${service}: no node runs it`);
      for (const answer of answers) {
        if ('error' in answer) silent.push(`${service} on ${answer.node}: ${explain(answer.error)}`);
        else seen.push(...answer.result.map((stats) => ({ service, node: answer.node, stats })));
      }
    }),
  );
  return { seen, silent: silent.sort() };
}

/**
 * The state that all nodes are in. Otherwise the worst one, with the number of nodes in it. The
 * first of `worstFirst` is an alarm.
 */
export function stateText<State extends string>(
  states: readonly State[],
  worstFirst: readonly State[],
): string {
  const worst = worstFirst.find((state) => states.includes(state));
  const count = states.filter((state) => state === worst).length;
  const text = (worst === worstFirst[0] ? worst?.toUpperCase() : worst) ?? '?';
  return count === states.length ? text : `${text} on ${count} of ${states.length}`;
}
