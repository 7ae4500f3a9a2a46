/**
 * Runs the relay of a service: what its handlers append with `appendEvents` is published after the commit. Operators look after it through
 * internal actions.
 */
import type { Context, Service, ServiceBroker, ServiceSchema } from 'moleculer';
import type { Cause } from '../../schemas/envelope.ts';
import type { Bus } from '../bus/bus.ts';
import { countOf } from '../bus/runs.ts';
import type { Database } from '../database/database.ts';
import type { RequestContext } from '../identity/identity.ts';
import { causeBy, OPERATOR, operatorActions } from '../identity/operator.ts';
import { Loop } from '../loop.ts';
import type { Loops } from '../loops/loops.ts';
import { Outage } from '../outage.ts';
import { platformOf } from '../platform.ts';
import { appendOperatorAction } from './append.ts';
import {
  listRefused,
  type OutboxStats,
  outboxStats,
  purgeOnce,
  type RefusedEvent,
  retryRefused,
} from './maintenance.ts';
import { type Ahead, skipOrphansOf, streamsAhead } from './orphans.ts';
import { RelayLoop } from './relay-loop.ts';

/** What a service has through this mixin. */
export interface OutboxMethods {
  /** Backlog, age of its oldest event, events that were set aside. */
  outboxStats(): Promise<OutboxStats>;
}

/** What consumers skip of a stream from now on. */
export interface SkippedOrphans {
  readonly stream: string;
  readonly events: number;
}

interface OutboxService extends OutboxMethods {
  readonly broker: ServiceBroker;
  readonly database: Database | undefined;
  readonly loops: Loops;
  relayLoop: RelayLoop | undefined;
  outboxPurge: Loop | undefined;
}

/** How often old events are looked for, in milliseconds. */
const PURGE_EVERY_MS = 10 * 60_000;

/**
 * Stands after `databaseMixin` in the service's list of mixins. The relay starts before consumers do and stops after them, so that what
 * they append in the end leaves as well; the database opens before and closes after it.
 */
export function outboxMixin(): Partial<ServiceSchema> {
  async function started(this: Service): Promise<void> {
    const service = this as unknown as OutboxService;
    const { bus, config } = platformOf(this.broker);
    const database = databaseOf(service);
    // Its items are events; those that the broker refuses are marked in the outbox itself, and the others go on.
    service.relayLoop = service.loops.add(new RelayLoop({ database, bus, log: this.logger }));
    service.relayLoop.start();
    service.outboxPurge = service.loops.add(
      new Loop({
        name: 'purge-outbox',
        // No items: one statement deletes rows by their age alone.
        runOnce: async () => !(await purgeOnce(database, config.outboxKeepDays)).done,
        outage: new Outage("Old events can't be deleted from the outbox", this.logger),
        pollMs: PURGE_EVERY_MS,
      }),
    );
    service.outboxPurge.start();
  }

  async function stopped(this: Service): Promise<void> {
    const service = this as unknown as OutboxService;
    await Promise.all([service.relayLoop?.stop(), service.outboxPurge?.stop()]);
  }

  const lifecycle = {
    started,
    stopped,
    // Moleculer starts the last mixin of a list first, and calls these hooks in that order too: the database's goes before us then.
    merged(schema: ServiceSchema) {
      schema.started = first(started, schema.started);
      schema.stopped = first(stopped, schema.stopped);
    },
  };
  return {
    ...lifecycle,
    methods: {
      outboxStats(this: OutboxService): Promise<OutboxStats> {
        return outboxStats(databaseOf(this));
      },
    },
    actions,
  };
}

/** Events that are listed, or sent again by their positions, with one call. */
const MAX_REFUSED = 1_000;
/** Positions that the log names; of more it tells how many. */
const MAX_NAMED = 100;

/** Sends all refused events again, or those at these positions, and tells of it; returns how many there were. */
async function sendAgain(
  service: OutboxService,
  positions: readonly number[] | undefined,
  cause: Cause,
): Promise<number> {
  const database = databaseOf(service);
  const found = await retryRefused(database, positions ?? 'all', (tx, which) => {
    const named = which.slice(0, MAX_NAMED).join(', ');
    const more = which.length > MAX_NAMED ? ` and ${which.length - MAX_NAMED} more` : '';
    const detail = `Positions ${named}${more}`;
    return appendOperatorAction(tx, { step: 'refused-sent-again', target: database.service, detail }, cause);
  });
  return found.length;
}

/** Lets consumers skip the orphaned events of all streams that are ahead, and tells of it. */
async function skipAll(service: OutboxService, bus: Bus, cause: Cause): Promise<SkippedOrphans[]> {
  const database = databaseOf(service);
  const skipped: SkippedOrphans[] = [];
  for (const ahead of await streamsAhead(database, bus)) {
    const runs = await skipOrphansOf(database, bus, ahead);
    const events = countOf(runs);
    const [from, to] = [runs[0]?.[0], runs.at(-1)?.[1]];
    const detail = events === 0 ? 'There were none' : `${events} events between ${from} and ${to}`;
    await database.inTransaction((tx) =>
      appendOperatorAction(tx, { step: 'orphans-skipped', target: ahead.stream, detail }, cause),
    );
    skipped.push({ stream: ahead.stream, events });
  }
  return skipped;
}

const actions = operatorActions({
  'outbox.stats': {
    params: { $$strict: true },
    handler(this: OutboxService): Promise<OutboxStats> {
      return this.outboxStats();
    },
  },
  'outbox.refused': {
    params: {
      $$strict: true,
      after: { type: 'number', integer: true, min: 0, default: 0 },
      limit: { type: 'number', integer: true, min: 1, max: MAX_REFUSED, default: 100 },
    },
    handler(this: OutboxService, ctx: Context<{ after: number; limit: number }>): Promise<RefusedEvent[]> {
      return listRefused(databaseOf(this), ctx.params);
    },
  },
  'outbox.orphans': {
    params: { $$strict: true },
    handler(this: OutboxService): Promise<Ahead[]> {
      return streamsAhead(databaseOf(this), platformOf(this.broker).bus);
    },
  },
  'outbox.skipOrphans': {
    params: { $$strict: true, by: OPERATOR },
    handler(this: OutboxService, ctx: RequestContext<{ by: string }>): Promise<SkippedOrphans[]> {
      return skipAll(this, platformOf(this.broker).bus, causeBy(ctx));
    },
  },
  'outbox.sendAgain': {
    params: {
      $$strict: true,
      // All of them where it is left out.
      positions: {
        type: 'array',
        items: { type: 'number', integer: true, min: 1 },
        min: 1,
        max: MAX_REFUSED,
        optional: true,
      },
      by: OPERATOR,
    },
    async handler(
      this: OutboxService,
      ctx: RequestContext<{ positions?: readonly number[]; by: string }>,
    ): Promise<{ found: number }> {
      return { found: await sendAgain(this, ctx.params.positions, causeBy(ctx)) };
    },
  },
});

type Hooks = NonNullable<ServiceSchema['started']>;

/** Moleculer runs `stopped` hooks from last to first. */
function first(ours: (this: Service) => Promise<void>, hooks: Hooks | undefined): Hooks {
  return [ours, ...[hooks ?? []].flat().filter((hook) => hook !== ours)];
}

function databaseOf(service: OutboxService): Database {
  if (service.database === undefined) {
    throw new Error(
      'outboxMixin stands before databaseMixin in the list of mixins, which starts from its end',
    );
  }
  return service.database;
}
