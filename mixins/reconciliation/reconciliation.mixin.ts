/**
 * Makes a service a participant of the reconciliation (ANA-6): internal actions for its facts, its
 * checks and its delivery progress.
 */
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
import { readAppended, readPublished } from './delivery-progress.store.ts';
import { reading } from './facts.store.ts';
import { haveHandled, type StreamPosition } from './handled.ts';
import type { Participant } from './participant.ts';

interface ReconciledService extends Service {
  readonly database: Database;
}

type ChecksumParams = {
  set: string;
  low: string | null;
  high?: string | null;
  limit?: number;
  at: string | null;
};

/** The part of this name. A caller of another release may request one that does not exist here. */
function named<Part>(parts: Readonly<Record<string, Part>>, name: string): Part {
  const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (part === undefined) throw new Error(`There is no ${name} to reconcile`);
  return part;
}

/**
 * All reads use the primary, because rows that a replica does not have yet would count as missing.
 */
export function reconciliationMixin(participant: Participant): Partial<ServiceSchema> {
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
        handler(ctx: Context<StreamPosition>): Promise<boolean> {
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
        handler(ctx: Context<ChecksumParams>): Promise<FactPage> {
          const { set, low, limit, at } = ctx.params;
          const facts = named(participant.sets, set);
          return reading(this.database, async (tx) => {
            const high =
              limit === undefined ? (ctx.params.high ?? null) : await facts.boundary(tx, low, limit);
            return { ...(await facts.checksum(tx, { low, high }, at)), high };
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
          const facts = named(participant.sets, set);
          return reading(this.database, (tx) => facts.facts(tx, ranges, at));
        },
      },
      'reconciliation.check': {
        ...internal,
        params: RECONCILIATION_PARAMS.check,
        handler(ctx: Context<{ check: string; after: string | null }>): Promise<CheckPage> {
          const check = named(participant.checks, ctx.params.check);
          return reading(this.database, (tx) => check(tx, ctx.params.after));
        },
      },
    },
  });
}
