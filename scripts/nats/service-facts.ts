/**
 * The facts from which the permissions of services are generated. They are read from the schemas
 * and contracts, so no list names them.
 */
import type { ServiceSchema } from 'moleculer';
import type { Rights } from '#mixins/bus/bus.ts';
import { onlyTypeOf } from '#mixins/consumer/durable.ts';
import { durableName } from '#mixins/names.ts';
import { serviceOf } from '#schemas/event.ts';
import { loadProductEvents } from '#schemas/load.ts';
import type { Product } from '../../product.ts';

export type ServiceFacts = ReturnType<typeof factsOf>;

const NO_RIGHTS: Required<Rights> = {
  calls: [],
  requests: [],
  replays: [],
  buckets: [],
  operatorsRead: false,
};

/**
 * The facts of a product's services. Uses of other products' services are left out. It imports the
 * services' sources.
 */
export async function loadServiceFacts(product: Product): Promise<ServiceFacts[]> {
  const streams = new Set((await loadProductEvents(product)).map(({ type }) => serviceOf(type)));
  return await Promise.all(
    [...product.services].map(async ([name, folder]) => {
      const module = await import(new URL(`${name}.service.ts`, folder).href);
      return within(product, factsOf((module as { default: ServiceSchema }).default, streams.has(name)));
    }),
  );
}

function within({ foreign }: Product, { consumers, rights, ...facts }: ServiceFacts): ServiceFacts {
  const isOurs = (service: string) => !foreign.has(service);
  return {
    ...facts,
    consumers: consumers.filter(({ stream }) => isOurs(stream)),
    rights: {
      ...rights,
      calls: rights.calls.filter((action) => isOurs(serviceOf(action))),
      requests: rights.requests.filter(({ type }) => isOurs(serviceOf(type))),
      replays: rights.replays.filter(isOurs),
    },
  };
}

export function factsOf(schema: ServiceSchema, publishes: boolean) {
  const { name, consumers = {}, rights } = schema;
  return {
    name,
    /** Whether it has actions that other nodes call. */
    serves: hasActions(schema),
    /** Whether there is a stream of its events. */
    publishes,
    consumers: Object.entries(consumers).map(([key, definition]) => ({
      durable: durableName(name, key),
      /** The name of the service that owns the stream. */
      stream: definition.stream,
      /** The only event type that it receives. Undefined: the whole stream. */
      type: onlyTypeOf(definition),
    })),
    /** As declared. Empty where a service declares nothing. */
    rights: { ...NO_RIGHTS, ...rights } satisfies Required<Rights>,
  };
}

function hasActions({ actions = {}, mixins = [] }: Pick<ServiceSchema, 'actions' | 'mixins'>): boolean {
  return Object.keys(actions).length > 0 || [mixins].flat().some((mixin) => hasActions(mixin));
}
