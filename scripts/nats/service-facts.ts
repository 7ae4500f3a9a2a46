/** What the permissions of services are made of, read from their schemas and contracts: no list names them. */
import type { ServiceSchema } from 'moleculer';
import type { Rights } from '../../mixins/bus/rights.ts';
import type { ConsumerDefinition } from '../../mixins/consumer/definition.ts';
import { onlyTypeOf } from '../../mixins/consumer/durable.ts';
import { durableName } from '../../mixins/names.ts';
import { serviceOf } from '../../schemas/event.ts';
import { loadEventContracts } from '../../schemas/load.ts';

export interface ServiceFacts {
  readonly name: string;
  /** Whether it has actions that other nodes call. */
  readonly serves: boolean;
  /** Whether there is a stream of its events. */
  readonly publishes: boolean;
  readonly consumers: readonly ConsumerFacts[];
  /** As declared, each empty where nothing is. */
  readonly rights: Required<Rights>;
}

export interface ConsumerFacts {
  readonly durable: string;
  /** The stream, by the name of the service that owns it. */
  readonly stream: string;
  /** The one event type that it is given; undefined: all of the stream. */
  readonly type: string | undefined;
}

interface Declared extends ServiceSchema {
  readonly consumers?: Readonly<Record<string, ConsumerDefinition>>;
  readonly rights?: Rights;
}

const NO_RIGHTS: Required<Rights> = { calls: [], requests: [], replays: [], buckets: [] };

/** The facts of these services, by the names of their folders; imports their sources. */
export async function loadServiceFacts(names: readonly string[]): Promise<ServiceFacts[]> {
  const streams = new Set((await loadEventContracts()).map(({ type }) => serviceOf(type)));
  return await Promise.all(
    names.map(async (name) => {
      const module = await import(`../../services/${name}/${name}.service.ts`);
      return factsOf((module as { default: Declared }).default, streams.has(name));
    }),
  );
}

export function factsOf(schema: Declared, publishes: boolean): ServiceFacts {
  const { name, consumers = {}, rights } = schema;
  return {
    name,
    serves: hasActions(schema),
    publishes,
    consumers: Object.entries(consumers).map(([key, definition]) => ({
      durable: durableName(name, key),
      stream: definition.stream,
      type: onlyTypeOf(definition),
    })),
    rights: { ...NO_RIGHTS, ...rights },
  };
}

function hasActions({ actions = {}, mixins = [] }: Pick<ServiceSchema, 'actions' | 'mixins'>): boolean {
  return Object.keys(actions).length > 0 || [mixins].flat().some((mixin) => hasActions(mixin));
}
