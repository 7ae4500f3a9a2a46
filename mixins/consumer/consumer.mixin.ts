/** Runs what a service declares under `consumers`, and lets operators look after it through internal actions. */
import type { Context, Service, ServiceSchema } from 'moleculer';
import type { Access } from '../../schemas/action.ts';
import type { Cause } from '../../schemas/envelope.ts';
import { Problem } from '../../schemas/errors.ts';
import { DEFAULT_PAGE_SIZE, id, line, MAX_PAGE_SIZE, optional } from '../../schemas/params.ts';
import type { Database } from '../database/database.ts';
import type { RequestContext } from '../identity/identity.ts';
import { causeBy, OPERATOR, operatorActions } from '../identity/operator.ts';
import { causeOf } from '../identity/request.ts';
import type { Loops } from '../loops/loops.ts';
import { appendOperatorAction } from '../outbox/append.ts';
import { platformOf } from '../platform.ts';
import { isUnavailable } from '../unavailable.middleware.ts';
import { Consumer } from './consumer.ts';
import {
  type DeadLetter,
  type DeadLetterDetail,
  findDeadLetter,
  listDeadLetters,
} from './dead-letters.store.ts';
import { type DeadLetterSource, discard, type OnSettled, redrive, settlementEvents } from './dead-letters.ts';
import { type ConsumerDefinition, consumersIn } from './definition.ts';
import type { ConsumerSettings } from './settings.ts';
import { type ConsumerStats, statsOf } from './stats.ts';

export interface ConsumerMixinOptions {
  /** Bounds that differ from the defaults, such as shorter ones for tests. */
  readonly settings?: Partial<ConsumerSettings>;
}

/** What a service has through this mixin, from its `started` on. */
export interface ConsumerMethods {
  /** Of this node's consumers. */
  consumerStats(): Promise<ConsumerStats[]>;
  /**
   * Lets a consumer of this node that stopped itself go on, and appends the event that tells of it first. Throws `not_found` for a key that is
   * none, `conflict` for a consumer that is not stopped.
   */
  resumeConsumer(key: string, cause: Cause): Promise<void>;
}

interface ConsumerService extends ConsumerMethods {
  readonly database: Database | undefined;
  readonly loops: Loops;
  readonly schema: { readonly consumers?: Readonly<Record<string, ConsumerDefinition>> };
  liveConsumers: Map<string, Consumer> | undefined;
  deadLetterSource: DeadLetterSource;
  /** Appends `<service>.dead-letter.redriven.v1` or `.discarded.v1` to the service's outbox. */
  appendSettled: (cause: Cause) => OnSettled;
}

/**
 * For a service with `databaseMixin` and `outboxMixin`: durables `<service>-<key>`, and the actions that operators and the dead-letter
 * routes call. `started` throws without a database.
 */
export function consumerMixin(options: ConsumerMixinOptions = {}): Partial<ServiceSchema> {
  async function started(this: Service): Promise<void> {
    const service = this as unknown as ConsumerService;
    const { database } = service;
    if (database === undefined) throw new Error(`${this.name} has consumers but no databaseMixin`);
    const platform = platformOf(this.broker);
    const definitions = Object.entries(consumersIn(platform.config.product, service.schema.consumers ?? {}));
    const consumers = new Map(
      definitions.map(([key, definition]) => {
        const parts = { service: this.name, key, definition, database, platform };
        return [key, new Consumer({ ...parts, logger: this.logger, settings: options.settings })];
      }),
    );
    service.liveConsumers = consumers;
    service.appendSettled = settlementEvents(this.name);
    service.deadLetterSource = {
      database,
      contextOf: (name) => [...consumers.values()].find(({ context }) => context.name === name)?.context,
      workOf: (name) => service.loops.work(name),
    };
    for (const consumer of consumers.values()) consumer.start();
  }

  async function stopped(this: Service): Promise<void> {
    const consumers = (this as unknown as ConsumerService).liveConsumers ?? new Map<string, Consumer>();
    await Promise.all([...consumers.values()].map((consumer) => consumer.stop()));
  }

  const lifecycle = {
    started,
    stopped,
    // Whatever the order of the mixins: consumers start after everything else of the service, and `stopped` hooks run from last to first.
    merged(schema: ServiceSchema) {
      schema.started = last(schema.started, started);
      schema.stopped = last(schema.stopped, stopped);
    },
  };
  return {
    ...lifecycle,
    methods: {
      async consumerStats(this: ConsumerService): Promise<ConsumerStats[]> {
        return await Promise.all([...(this.liveConsumers?.values() ?? [])].map(statsOf));
      },
      async resumeConsumer(this: ConsumerService, key: string, cause: Cause): Promise<void> {
        const consumer = this.liveConsumers?.get(key);
        if (consumer === undefined) throw new Problem('not_found', `There is no consumer ${key}`);
        const { name, database } = consumer.context;
        const resumed = await consumer.resume((detail) =>
          database.inTransaction((tx) =>
            appendOperatorAction(tx, { step: 'consumer-resumed', target: name, detail }, cause),
          ),
        );
        if (!resumed) throw new Problem('conflict', `${name} is not stopped`);
      },
    },
    actions: actions as unknown as NonNullable<ServiceSchema['actions']>,
  };
}

type Hooks = NonNullable<ServiceSchema['started']>;

function last(hooks: Hooks | undefined, ours: (this: Service) => Promise<void>): Hooks {
  return [...[hooks ?? []].flat().filter((hook) => hook !== ours), ours];
}

/** The source for one call: events of its settlements name the caller and the address of the request. */
function sourceFor(service: ConsumerService, cause: Cause): DeadLetterSource {
  return {
    ...service.deadLetterSource,
    onSettled: service.appendSettled(cause),
    onFailed: (tx, target, detail) =>
      appendOperatorAction(tx, { step: 'redrive-failed', target, detail }, cause),
  };
}

const consumerActions = {
  'consumers.stats': {
    params: { $$strict: true },
    handler(this: ConsumerService): Promise<ConsumerStats[]> {
      return this.consumerStats();
    },
  },
  'consumers.resume': {
    params: { $$strict: true, key: line(1, 100), by: OPERATOR },
    handler(this: ConsumerService, ctx: RequestContext<{ key: string; by: string }>): Promise<void> {
      return this.resumeConsumer(ctx.params.key, causeBy(ctx));
    },
  },
};

/** Who may see and settle dead letters: `params` are beside those of the action, `cause` names who it is. */
interface Settler {
  readonly declared: { readonly access?: Access; readonly visibility?: 'public' };
  readonly params: object;
  readonly cause: (ctx: RequestContext<never>) => Cause;
}

/** People who hold an operator's user of NATS. */
const OPERATORS: Settler = { declared: {}, params: { by: OPERATOR }, cause: causeBy };
/** Admins, for the dead-letter routes: whoever calls for one passes on the token, which is checked here. */
const ADMINS: Settler = {
  declared: { access: ['admin'], visibility: 'public' },
  params: {},
  cause: causeOf,
};

function deadLetterActions({ declared, params, cause }: Settler) {
  return {
    'deadLetters.list': {
      ...declared,
      params: {
        $$strict: true,
        status: { type: 'enum', values: ['open', 'redriven', 'discarded'], optional: true },
        before: optional({ type: 'object', props: { at: { type: 'number', min: 0 }, id: id() } }),
        // One more than a page has: whoever pages has to know whether there is a next one.
        limit: { type: 'number', integer: true, min: 1, max: MAX_PAGE_SIZE + 1, default: DEFAULT_PAGE_SIZE },
      },
      handler(
        this: ConsumerService,
        ctx: Context<Parameters<typeof listDeadLetters>[1]>,
      ): Promise<DeadLetter[]> {
        return listDeadLetters(this.deadLetterSource.database, ctx.params);
      },
    },
    'deadLetters.get': {
      ...declared,
      params: { $$strict: true, id: id() },
      async handler(this: ConsumerService, ctx: Context<{ id: string }>): Promise<DeadLetterDetail> {
        // Whoever has just settled it is to see that; and by its state it is decided whether it has to be settled.
        const letter = await findDeadLetter(this.deadLetterSource.database.newest, ctx.params.id);
        if (letter === undefined) throw new Problem('not_found');
        return letter;
      },
    },
    'deadLetters.redrive': {
      ...declared,
      params: { $$strict: true, id: id(), ...params },
      async handler(this: ConsumerService, ctx: RequestContext<{ id: string }>): Promise<DeadLetter> {
        const by = cause(ctx as RequestContext<never>);
        try {
          return await redrive(sourceFor(this, by), ctx.params.id, by.actorId);
        } catch (error) {
          if (error instanceof Problem || isUnavailable(error)) throw error;
          // The letter stays open, and its text says the same.
          throw new Problem('redrive_failed', error instanceof Error ? error.message : String(error));
        }
      },
    },
    'deadLetters.discard': {
      ...declared,
      params: { $$strict: true, id: id(), reason: line(1, 500), ...params },
      handler(
        this: ConsumerService,
        ctx: RequestContext<{ id: string; reason: string }>,
      ): Promise<DeadLetter> {
        const by = cause(ctx as RequestContext<never>);
        return discard(sourceFor(this, by), ctx.params.id, by.actorId, ctx.params.reason);
      },
    },
  };
}

const actions = {
  ...operatorActions({ ...consumerActions, ...deadLetterActions(OPERATORS) }),
  ...deadLetterActions(ADMINS),
};
