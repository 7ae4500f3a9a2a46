/**
 * Gives a service its database: `this.database`, `this.adapter`, `this.loops`, the internal actions `ready` and `loops.stats`, the purge of
 * idempotency keys.
 */
import type { Service, ServiceSchema } from 'moleculer';
import DbService from 'moleculer-db';
import SequelizeAdapter from 'moleculer-db-adapter-sequelize';
import type { Model, ModelStatic, Sequelize, WhereOptions } from 'sequelize';
import { operatorActions } from '../identity/operator.ts';
import { Loop } from '../loop.ts';
import { type LoopStats, Loops, type LoopsSettings } from '../loops/loops.ts';
import { Outage } from '../outage.ts';
import { platformOf } from '../platform.ts';
import type { Database } from './database.ts';
import { PURGE_LIMIT, purgeIdempotencyKeys } from './idempotency.ts';
import { DatabaseLifecycle, type Readiness } from './lifecycle.ts';

/** Old idempotency keys are deleted this often, in milliseconds; they live 24 hours at least, so it may be seldom. */
const PURGE_EVERY_MS = 10 * 60_000;

export type Models = Readonly<Record<string, ModelStatic<Model>>>;

export interface DatabaseMixinOptions {
  /** The folder of the service's migrations (`new URL('./migrations/', import.meta.url)`); the platform's run before them. */
  readonly migrations: URL;
  /** Defines the models that moleculer-db serves. They make no tables: migrations do. Default: none. */
  readonly models?: (sequelize: Sequelize) => Models;
  /** Which of the models `this.adapter` is for, by its key in `models`. Default: none, and no adapter. */
  readonly main?: string;
  /** Bounds of the loops' watch that differ from the defaults, such as shorter ones for tests. */
  readonly loops?: Partial<LoopsSettings>;
}

/** What of moleculer-db's adapter is used. Its params are made by the service; they must never be a client's as they are. */
export interface Listing {
  find(query: ListQuery): Promise<Model[]>;
  count(query: Pick<ListQuery, 'query'>): Promise<number>;
  findById(id: string | number): Promise<Model | null>;
  findByIds(ids: readonly (string | number)[]): Promise<Model[]>;
  entityToObject(model: Model): Record<string, unknown>;
  readonly model: ModelStatic<Model>;
}

export interface ListQuery {
  /** Conditions as Sequelize has them. */
  readonly query?: WhereOptions;
  /** Attributes of the model, with `-` for descending. */
  readonly sort?: readonly string[];
  readonly limit?: number;
  readonly offset?: number;
}

/** What a service has through this mixin, from its `started` on. */
export interface DatabaseMethods {
  readonly database: Database;
  /** Lists and look-ups of the main model, from the replica where there is one. */
  readonly adapter: Listing;
  readonly models: Models;
  /** The loops of this node; each that the service starts is added. */
  readonly loops: Loops;
}

interface DatabaseService {
  database: Database | undefined;
  adapter: Listing;
  models: Models;
  databaseLifecycle: DatabaseLifecycle;
  loops: Loops | undefined;
  purgeLoop: Loop | undefined;
  /** A service may define it in its `methods`, to say more than that its database is there. */
  readiness?(): Promise<Readiness>;
}

/**
 * Before other mixins' and the service's own `started` the database is provisioned, migrated and connected; it is closed after all of
 * them have stopped, wherever the mixin stands in the list.
 */
export function databaseMixin(options: DatabaseMixinOptions): Partial<ServiceSchema> {
  async function started(this: Service): Promise<void> {
    const service = this as unknown as Service & DatabaseService;
    const lifecycle = new DatabaseLifecycle({
      config: platformOf(this.broker).config,
      service: this.name,
      migrations: options.migrations,
      log: this.logger,
    });
    service.databaseLifecycle = lifecycle;
    const loops = new Loops({ service: this.name, log: this.logger, settings: options.loops });
    service.loops = loops;
    // A node that stops ends a start that still waits: Moleculer would log it as a failure, and end
    // the process as for one.
    const database = await lifecycle.open().catch((error: unknown) => {
      if (lifecycle.closing) return new Promise<never>(() => {});
      throw error;
    });
    service.models = options.models?.(database.sequelize) ?? {};
    if (options.main !== undefined) await connectAdapter(service, database, options.main);
    service.database = database;
    service.purgeLoop = loops.add(
      new Loop({
        name: 'purge-keys',
        // No items: one statement deletes rows by their age alone.
        runOnce: async () => (await purgeIdempotencyKeys(database)) === PURGE_LIMIT,
        outage: new Outage("Old idempotency keys can't be deleted", this.logger),
        pollMs: PURGE_EVERY_MS,
      }),
    );
    service.purgeLoop.start();
  }

  async function stopped(this: Service): Promise<void> {
    const service = this as unknown as DatabaseService;
    await service.purgeLoop?.stop();
    service.loops?.stop();
    await service.databaseLifecycle?.close();
  }

  const lifecycle = {
    started,
    stopped,
    // Moleculer starts the last mixin of a list first: whatever the order, the database opens before and closes after all others.
    merged(schema: ServiceSchema) {
      schema.started = first(started, schema.started);
      schema.stopped = first(stopped, schema.stopped);
    },
  };
  return { ...listing(), ...lifecycle, actions };
}

type Hooks = NonNullable<ServiceSchema['started']>;

/** Moleculer runs `stopped` hooks from last to first. */
function first(ours: (this: Service) => Promise<void>, hooks: Hooks | undefined): Hooks {
  const others = [hooks ?? []].flat().filter((hook) => hook !== ours);
  return [ours, ...others];
}

const readyAction = {
  visibility: 'public' as const,
  params: { $$strict: true },
  async handler(this: Service): Promise<Readiness> {
    const service = this as unknown as DatabaseService;
    if (service.database === undefined) return { ready: false, reason: 'starting' };
    const readiness = await service.databaseLifecycle.readiness(service.database);
    return readiness.ready && service.readiness ? service.readiness() : readiness;
  },
};

const loopsAction = {
  params: { $$strict: true },
  handler(this: Service): LoopStats[] {
    return (this as unknown as DatabaseService).loops?.stats() ?? [];
  },
};

/** Internal: the gateway asks for `/readyz`, and operators. */
const actions = {
  ready: readyAction,
  'loops.stats': { visibility: 'public' as const, ...loopsAction },
  ...operatorActions({ 'loops.stats': loopsAction }),
} as unknown as NonNullable<ServiceSchema['actions']>;

/**
 * moleculer-db without any of its actions (they take queries, sort keys and columns from whoever calls) and without its life cycle, which
 * connects before there is a database and gives up on nothing.
 */
function listing(): Partial<ServiceSchema> {
  const { methods, settings } = DbService as unknown as ServiceSchema;
  return { methods: { ...methods }, settings: { ...settings, idField: 'id' } } as Partial<ServiceSchema>;
}

async function connectAdapter(
  service: Service & DatabaseService,
  database: Database,
  main: string,
): Promise<void> {
  const model = service.models[main];
  if (model === undefined) throw new Error(`The models of ${service.name} have no ${main}`);
  // The adapter looks for its model in the schema; it takes a model that exists as it is, and then makes no tables.
  (service.schema as { model?: unknown }).model = model;
  const adapter = new SequelizeAdapter(database.sequelize);
  adapter.init(service.broker, service);
  service.adapter = adapter as unknown as Listing;
  await adapter.connect();
}
