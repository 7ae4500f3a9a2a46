/** Gives a service its part in the reconciliation (ANA-6): internal actions that tell its facts and how far its events have come. */
import type { Context, Service, ServiceSchema } from 'moleculer';
import type { Database } from '#mixins/database/database.ts';
import { defineMixin } from '#mixins/define-service.ts';
import { platformOf } from '#mixins/platform.ts';
import {
  type Appended,
  type CheckPage,
  type FactList,
  type FactPage,
  type GroupRange,
  type Published,
  RECONCILIATION_PARAMS,
} from '#schemas/reconciliation.ts';
import { reading } from './facts.store.ts';
import { haveHandled, type Place } from './handled.ts';
import type { ReconciliationSide } from './participant.ts';
import { readAppended, readPublished } from './passage.store.ts';

interface ReconciledService extends Service {
  readonly database: Database;
}

type PrintParams = {
  set: string;
  low: string | null;
  high?: string | null;
  limit?: number;
  at: string | null;
};

/** By its name; a caller of another release may know one that is not here. */
function named<Part>(parts: Readonly<Record<string, Part>>, name: string): Part {
  const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (part === undefined) throw new Error(`There is no ${name} to reconcile`);
  return part;
}

/** Everything is read from the primary: what a replica does not have yet would count as missing. */
export function reconciliationMixin(side: ReconciliationSide): Partial<ServiceSchema> {
  const internal = { visibility: 'public' as const };
  return defineMixin<ReconciledService>({
    actions: {
      'reconciliation.appended': {
        ...internal,
        params: RECONCILIATION_PARAMS.appended,
        handler(): Promise<Appended> {
          return reading(this.database, readAppended);
        },
      },
      'reconciliation.published': {
        ...internal,
        params: RECONCILIATION_PARAMS.published,
        handler(ctx: Context<{ position: number }>): Promise<Published> {
          const { database } = this;
          return reading(database, (tx) => readPublished(tx, database.service, ctx.params.position));
        },
      },
      'reconciliation.handled': {
        ...internal,
        params: RECONCILIATION_PARAMS.handled,
        handler(ctx: Context<Place>): Promise<boolean> {
          return haveHandled(
            platformOf(this.broker).bus,
            this.database,
            this.schema.consumers ?? {},
            ctx.params,
          );
        },
      },
      'reconciliation.print': {
        ...internal,
        params: RECONCILIATION_PARAMS.print,
        handler(ctx: Context<PrintParams>): Promise<FactPage> {
          const { set, low, limit, at } = ctx.params;
          const facts = named(side.sets, set);
          return reading(this.database, async (tx) => {
            const high =
              limit === undefined ? (ctx.params.high ?? null) : await facts.boundary(tx, low, limit);
            return { ...(await facts.print(tx, { low, high }, at)), high };
          });
        },
      },
      'reconciliation.facts': {
        ...internal,
        params: RECONCILIATION_PARAMS.facts,
        handler(
          ctx: Context<{ set: string; ranges: readonly GroupRange[]; at: string | null }>,
        ): Promise<FactList> {
          const { set, ranges, at } = ctx.params;
          const facts = named(side.sets, set);
          return reading(this.database, (tx) => facts.facts(tx, ranges, at));
        },
      },
      'reconciliation.check': {
        ...internal,
        params: RECONCILIATION_PARAMS.check,
        handler(ctx: Context<{ check: string; after: string | null }>): Promise<CheckPage> {
          const check = named(side.checks, ctx.params.check);
          return reading(this.database, (tx) => check(tx, ctx.params.after));
        },
      },
    },
  });
}
