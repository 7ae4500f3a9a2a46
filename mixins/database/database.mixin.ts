/**
 * Gives a service its database: `this.database`, `this.adapter`, `this.loops`, the internal actions `ready` and `loops.stats`, the purge of
 * idempotency keys.
 */
import type { Context, Service, ServiceSchema } from 'moleculer';
import type { MoleculerDbMethods } from 'moleculer-db';
import DbService from 'moleculer-db';
import SequelizeAdapter from 'moleculer-db-adapter-sequelize';
import type { Model, ModelStatic, Sequelize, WhereOptions } from 'sequelize';
import { defineMixin } from '#mixins/define-service.ts';
import { operatorAction } from '#mixins/identity/operator.ts';
import type { LifecycleHooks } from '#mixins/lifecycle.middleware.ts';
import { Loop } from '#mixins/loops/loop.ts';
import { Loops, type LoopsSettings } from '#mixins/loops/loops.ts';
import { Outage } from '#mixins/outage.ts';
import { platformOf } from '#mixins/platform.ts';
import type { Database } from './database.ts';
import { PURGE_LIMIT, purgeIdempotencyKeys } from './idempotency.ts';
import { DatabaseLifecycle, type Readiness } from './lifecycle.ts';

/** Old idempotency keys are deleted this often, in milliseconds; they live 24 hours at least, so it may be seldom. */
const PURGE_EVERY_MS = 10 * 60_000;

export type Models = Readonly<Record<string, ModelStatic<Model>>>;

export interface DatabaseMixinOptions {
  /** The folder of the service's migrations (`new URL('./migrations/', import.meta.url)`); the platform's run before them. */
  readonly migrations: URL;
  /** Defines the service's Sequelize models. They make no tables: migrations do. Default: none. */
  readonly models?: (sequelize: Sequelize) => Models;
  /** Which of the models moleculer-db serves, by its key in `models`. Default: none. */
  readonly main?: string;
  /** Bounds of the loops' watch that differ from the defaults, such as shorter ones for tests. */
  readonly loops?: Partial<LoopsSettings>;
}

/** What of moleculer-db's adapter is used. Its params are made by the service; they must never be a client's as they are. */
export interface Adapter {
  find(query: ListQuery): Promise<Model[]>;
  /** `query`: as Sequelize's `findOne` takes it. */
  findOne(query: { readonly where: WhereOptions; readonly useMaster?: boolean }): Promise<Model | null>;
  findById(id: string | number): Promise<Model | null>;
  findByIds(ids: readonly (string | number)[]): Promise<Model[]>;
  count(query: Pick<ListQuery, 'query'>): Promise<number>;
  entityToObject(model: Model): Record<string, unknown>;
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
export interface DatabaseMethods<OwnModels extends Models = Models> {
  readonly database: Database;
  readonly models: OwnModels;
  /** moleculer-db's look-ups of the main model, from the replica where there is one. */
  readonly adapter: Adapter;
  /** moleculer-db's list of the main model, as plain objects; from the replica where there is one. */
  _find<Row>(ctx: Context, query: ListQuery): Promise<Row[]>;
  /** The loops of this node; each that the service starts is added. */
  readonly loops: Loops;
}

interface DatabaseService extends Service, LifecycleHooks {
  database: Database | undefined;
  adapter: Adapter;
  models: Models;
  databaseLifecycle: DatabaseLifecycle | undefined;
  loops: Loops | undefined;
  purgeLoop: Loop | undefined;
  /** A service may define it in its `methods`, to say more than that its database is there. */
  readiness?(): Promise<Readiness>;
}

// moleculer-db's declarations call it a class; it is the schema of a mixin.
const { methods } = DbService as unknown as { readonly methods: MoleculerDbMethods };
/**
 * `_find`, and what that calls. The rest is left out: moleculer-db's actions take queries, sort keys and columns from a
 * client, and its life cycle connects before there is a database.
 */
const finding = {
  _find: methods._find,
  transformDocuments: methods.transformDocuments,
  encodeID: methods.encodeID,
  filterFields: methods.filterFields,
};

/** The database is provisioned, migrated and connected before the service's `started`, and closed after its `stopped`. */
export function databaseMixin(options: DatabaseMixinOptions): Partial<ServiceSchema> {
  return defineMixin<DatabaseService>({
    settings: { idField: 'id' },
    actions: {
      ready: {
        visibility: 'public',
        params: { $$strict: true },
        async handler(): Promise<Readiness> {
          if (this.database === undefined || this.databaseLifecycle === undefined) {
            return { ready: false, reason: 'starting' };
          }
          const readiness = await this.databaseLifecycle.readiness(this.database);
          return readiness.ready && this.readiness ? this.readiness() : readiness;
        },
      },
      'loops.stats': {
        visibility: 'public',
        params: { $$strict: true },
        handler() {
          return this.loops?.stats() ?? [];
        },
      },
      'operator.loops.stats': operatorAction({
        handler() {
          return this.loops?.stats() ?? [];
        },
      }),
    },
    methods: {
      ...finding,
      async openDatabase(): Promise<void> {
        const lifecycle = new DatabaseLifecycle({
          config: platformOf(this.broker).config,
          service: this.name,
          migrations: options.migrations,
          log: this.logger,
        });
        this.databaseLifecycle = lifecycle;
        this.loops = new Loops({ service: this.name, log: this.logger, settings: options.loops });
        // A node that stops ends a start that still waits: Moleculer would log it as a failure, and end
        // the process as for one.
        const database = await lifecycle.open().catch((error: unknown) => {
          if (lifecycle.closing) return new Promise<never>(() => {});
          throw error;
        });
        this.models = options.models?.(database.sequelize) ?? {};
        if (options.main !== undefined) await connectAdapter(this, database, options.main);
        this.database = database;
        this.purgeLoop = this.loops.add(
          new Loop({
            name: 'purge-keys',
            // No items: one statement deletes rows by their age alone.
            runOnce: async () => (await purgeIdempotencyKeys(database)) === PURGE_LIMIT,
            outage: new Outage("Old idempotency keys can't be deleted", this.logger),
            pollMs: PURGE_EVERY_MS,
          }),
        );
        this.purgeLoop.start();
      },
      async closeDatabase(): Promise<void> {
        await this.purgeLoop?.stop();
        this.loops?.stop();
        await this.databaseLifecycle?.close();
      },
    },
  });
}

async function connectAdapter(service: DatabaseService, database: Database, main: string): Promise<void> {
  const model = service.models[main];
  if (model === undefined) throw new Error(`The models of ${service.name} have no ${main}`);
  // The adapter looks for its model in the schema; it takes a model that exists as it is, and then makes no tables.
  service.schema.model = model;
  const adapter = new SequelizeAdapter(database.sequelize);
  adapter.init(service.broker, service);
  service.adapter = adapter as Adapter;
  await adapter.connect();
}
