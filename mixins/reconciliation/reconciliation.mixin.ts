/**
 * Makes a service a participant of the reconciliation (ANA-6): internal actions for its facts, its
 * checks and its delivery progress.
 */
import type { Context, Service, ServiceSchema } from 'moleculer';
import type { Database } from '#mixins/database/database.ts';
import { defineMixin } from '#mixins/define-service.ts';
import { platformOf } from '#mixins/platform.ts';
import type { ParamsOf } from '#schemas/params.ts';
import { type FactPage, RECONCILIATION_PARAMS } from '#schemas/reconciliation.ts';
import { readAppended, readPublished } from './delivery-progress.store.ts';
import { reading } from './facts.store.ts';
import { haveHandled } from './handled.ts';
import type { Participant } from './participant.ts';

interface ReconciledService extends Service {
  readonly database: Database;
}

type Params = typeof RECONCILIATION_PARAMS;

/** The part of this name. A caller of another release may request one that does not exist here. */
function named<Part>(parts: Readonly<Record<string, Part>>, name: string): Part {
  const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (part === undefined) throw new Error(`There is no ${name} to reconcile`);
  return part;
}

/** An action without a route. */
function internalAction<Name extends keyof Params>(
  name: Name,
  answer: (service: ReconciledService, params: ParamsOf<Params[Name]>) => Promise<unknown>,
) {
  return {
    visibility: 'public' as const,
    params: RECONCILIATION_PARAMS[name],
    handler(this: ReconciledService, ctx: Context<ParamsOf<Params[Name]>>) {
      return answer(this, ctx.params);
    },
  };
}

/**
 * All reads use the primary, because rows that a replica does not have yet would count as missing.
 */
export function reconciliationMixin({ sets, checks }: Participant): Partial<ServiceSchema> {
  return defineMixin<ReconciledService>({
    actions: {
      'reconciliation.appended': internalAction('appended', ({ database }) =>
        reading(database, readAppended),
      ),
      'reconciliation.published': internalAction('published', ({ database }, { position }) =>
        reading(database, (tx) => readPublished(tx, database.service, position)),
      ),
      'reconciliation.handled': internalAction('handled', ({ broker, database, schema }, position) =>
        haveHandled(platformOf(broker).bus, database, schema.consumers ?? {}, position),
      ),
      'reconciliation.print': internalAction('print', ({ database }, { set, low, high = null, limit, at }) =>
        reading(database, async (tx): Promise<FactPage> => {
          const facts = named(sets, set);
          const end = limit === undefined ? high : await facts.boundary(tx, low, limit);
          return { ...(await facts.checksum(tx, { low, high: end }, at)), high: end };
        }),
      ),
      'reconciliation.facts': internalAction('facts', ({ database }, { set, ranges, at }) =>
        reading(database, (tx) => named(sets, set).facts(tx, ranges, at)),
      ),
      'reconciliation.check': internalAction('check', ({ database }, { check, after }) =>
        reading(database, (tx) => named(checks, check)(tx, after)),
      ),
    },
  });
}
