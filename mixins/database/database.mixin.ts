/**
 * Gives a service its database, its models and its loops. Adds the internal actions `ready` and
 * `loops.stats`, and deletes old idempotency keys.
 */
import type { Context, Service, ServiceSchema } from 'moleculer';
import type { MoleculerDbMethods } from 'moleculer-db';
import DbService from 'moleculer-db';
import SequelizeAdapter from 'moleculer-db-adapter-sequelize';
import type { Model, ModelStatic, Sequelize, WhereOptions } from 'sequelize';
import { defineMixin } from '#mixins/define-service.ts';
import { operatorAction } from '#mixins/identity/operator.ts';
import type { LifecycleHooks } from '#mixins/lifecycle.middleware.ts';
import { Loops } from '#mixins/loops/loops.ts';
import { metricsOf } from '#mixins/metrics/metrics.ts';
import { platformOf } from '#mixins/platform.ts';
import type { Database } from './database.ts';
import { addDatabaseMetrics } from './database-metrics.ts';
import { PURGE_LIMIT, purgeIdempotencyKeys } from './idempotency.ts';
import { DatabaseLifecycle, type Readiness } from './lifecycle.ts';

/** How often old idempotency keys are deleted, in milliseconds. A key lives at least 24 hours. */
const PURGE_EVERY_MS = 10 * 60_000;

export type Models = Readonly<Record<string, ModelStatic<Model>>>;

export interface DatabaseMixinOptions {
  /** The folder of the service's migrations. Those of `mixins/migrations` run before them. */
  readonly migrations: URL;
  /** Defines the service's Sequelize models. Migrations make their tables. Default: none. */
  readonly models?: (sequelize: Sequelize) => Models;
  /** Which of the models moleculer-db serves, by its key in `models`. Default: none. */
  readonly main?: string;
}

/** The part of moleculer-db's adapter that is used. Never pass it a client's params unchecked. */
export interface Adapter {
  find(query: ListQuery): Promise<Model[]>;
  /** `query` is that of Sequelize's `findOne`. */
  findOne(query: { readonly where: WhereOptions; readonly useMaster?: boolean }): Promise<Model | null>;
  findById(id: string | number): Promise<Model | null>;
  findByIds(ids: readonly (string | number)[]): Promise<Model[]>;
  count(query: Pick<ListQuery, 'query'>): Promise<number>;
  entityToObject(model: Model): Record<string, unknown>;
}

export interface ListQuery {
  /** Conditions in the form of Sequelize. */
  readonly query?: WhereOptions;
  /** Attributes of the model, with `-` for descending. */
  readonly sort?: readonly string[];
  readonly limit?: number;
}

/** The properties that this mixin gives a service. They exist from its `started` on. */
export interface DatabaseMethods<OwnModels extends Models = Models> {
  readonly database: Database;
  readonly models: OwnModels;
  /** moleculer-db's look-ups of the main model. They read the replica where there is one. */
  readonly adapter: Adapter;
  /**
   * moleculer-db's list of the main model, as plain objects. It reads the replica where there is
   * one.
   */
  _find<Row>(ctx: Context, query: ListQuery): Promise<Row[]>;
  /** The loops of this node. A service adds each loop that it starts. */
  readonly loops: Loops;
}

interface DatabaseService extends Service, LifecycleHooks {
  database: Database | undefined;
  adapter: Adapter;
  models: Models;
  databaseLifecycle: DatabaseLifecycle | undefined;
  loops: Loops | undefined;
  /** A service may define it in its `methods`, to check more than its database. */
  readiness?(): Promise<Readiness>;
}

// moleculer-db is declared as a class, but it is the schema of a mixin.
const { methods } = DbService as unknown as { readonly methods: MoleculerDbMethods };
/**
 * `_find`, and the methods that it calls. The rest of moleculer-db is left out: its actions take
 * queries, sort keys and columns from a client, and its `started` connects too early.
 */
const finding = {
  _find: methods._find,
  transformDocuments: methods.transformDocuments,
  encodeID: methods.encodeID,
  filterFields: methods.filterFields,
};

/** It has two names: only operators may call `operator.…`, so services call `loops.stats`. */
const loopStats = operatorAction<DatabaseService>({
  handler() {
    return this.loops?.stats() ?? [];
  },
});

/**
 * Provisions, migrates and opens the database before `started`. After `stopped` it stops the loops
 * that still run, and closes the database.
 */
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
      'loops.stats': loopStats,
      'operator.loops.stats': loopStats,
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
        this.loops = new Loops({ service: this.name, log: this.logger });
        // Stopping the node ends a start that still waits. Without this, Moleculer would log an
        // error and end the process.
        const database = await lifecycle.open().catch((error: unknown) => {
          if (lifecycle.closing) return new Promise<never>(() => {});
          throw error;
        });
        this.models = options.models?.(database.sequelize) ?? {};
        if (options.main !== undefined) await connectAdapter(this, database, options.main);
        this.database = database;
        const purging = this.loops.make({
          name: 'purge-keys',
          // It has no items to isolate: one statement deletes rows by their age.
          runOnce: async () => (await purgeIdempotencyKeys(database)) === PURGE_LIMIT,
          failing: "Old idempotency keys can't be deleted",
          pollMs: PURGE_EVERY_MS,
        });
        purging.start();
        addDatabaseMetrics(metricsOf(this.broker), database, this.loops);
      },
      async closeDatabase(): Promise<void> {
        await this.loops?.stop();
        await this.databaseLifecycle?.close();
      },
    },
  });
}

async function connectAdapter(service: DatabaseService, database: Database, main: string): Promise<void> {
  const model = service.models[main];
  if (model === undefined) throw new Error(`The models of ${service.name} have no ${main}`);
  // The adapter reads the model from the schema. It makes no table for an existing model.
  service.schema.model = model;
  const adapter = new SequelizeAdapter(database.sequelize);
  adapter.init(service.broker, service);
  service.adapter = adapter as Adapter;
  await adapter.connect();
}
