/**
 * The running system as the commands see it: which nodes have an action for operators, and calls to
 * them.
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
  /** Who acts, as the log names them. */
  readonly operator: string;
  /**
   * The services, sorted, that have this action on a node that is there; the action is named
   * without the service.
   */
  servicesWith(action: string): string[];
  /** The nodes, sorted, that have this action now. */
  nodesWith(service: string, action: string): string[];
  /** Any node of the service. Throws a `Refusal` where none is there, or what the action throws. */
  ask<Result>(service: string, action: string, params?: object): Promise<Result>;
  /** Each node of the service; what a node did not answer is told by its error. */
  askAll<Result>(service: string, action: string, params?: object): Promise<Answer<Result>[]>;
  /**
   * A step of the operator, who is added as `by`; on this node, or on any of the service. As `ask`,
   * but a step without an answer is told as one.
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

/**
 * The services to look at: the one that was named, else all that are known or there. Throws a
 * `Refusal` for one that is neither.
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

/** What one node of a service tells of one of its consumers or loops. */
export interface Seen<Stats> {
  readonly service: string;
  readonly node: string;
  readonly stats: Stats;
}

export interface Look<Stats> {
  readonly seen: readonly Seen<Stats>[];
  /** Nodes and services that did not answer, in words. */
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
 * The state that all nodes are in, else the worst with the number of nodes in it. The first of
 * `worstFirst` is an alarm.
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
