/**
 * Runs the relay of a service, which publishes events of its handlers (`appendEvents`) after the
 * commit. It has internal actions for operators.
 */
import type { Service, ServiceSchema } from 'moleculer';
import type { Bus } from '#mixins/bus/bus.ts';
import { countOf } from '#mixins/bus/runs.ts';
import type { Database } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import { defineMixin } from '#mixins/define-service.ts';
import { adminAction } from '#mixins/identity/admin-action.ts';
import { causeBy, OPERATOR, operatorAction } from '#mixins/identity/operator.ts';
import { type Request, requestOf } from '#mixins/identity/request.ts';
import type { LifecycleHooks } from '#mixins/lifecycle.middleware.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import { metricsOf } from '#mixins/metrics/metrics.ts';
import { platformOf } from '#mixins/platform.ts';
import { tracesOf } from '#mixins/tracing/traces.ts';
import type { Cause } from '#schemas/envelope.ts';
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
import { addOutboxMetrics } from './outbox-metrics.ts';
import { RelayLoop } from './relay-loop.ts';

/** Methods of a service with this mixin. */
export interface OutboxMethods {
  outboxStats(): Promise<OutboxStats>;
}

/** Number of orphaned events that consumers skip from now on. */
export interface SkippedOrphans {
  readonly stream: string;
  readonly events: number;
}

interface OutboxService extends Service, OutboxMethods, LifecycleHooks {
  readonly database: Database;
  readonly loops: Loops;
}

/** Interval of the deletion of old events, in milliseconds. */
const PURGE_EVERY_MS = 10 * 60_000;
/** Most events that one call lists, or sends again by their positions. */
const MAX_REFUSED = 1_000;
/** Most positions that the event of the operator action names. */
const MAX_NAMED = 100;

/** Sends all refused events again, or those at these positions. Returns their number. */
async function sendAgain(
  database: Database,
  positions: readonly number[] | undefined,
  { cause, idempotency }: Pick<Request, 'cause' | 'idempotency'>,
): Promise<number> {
  return database.inTransaction((tx) =>
    withIdempotency(tx, idempotency, async () => {
      const found = await retryRefused(tx, positions ?? 'all');
      if (found.length === 0) return 0;
      const named = found.slice(0, MAX_NAMED).join(', ');
      const more = found.length > MAX_NAMED ? ` and ${found.length - MAX_NAMED} more` : '';
      const detail = `Positions ${named}${more}`;
      await appendOperatorAction(tx, { step: 'refused-sent-again', target: database.service, detail }, cause);
      return found.length;
    }),
  );
}

/** Lets consumers skip the orphaned events of all streams that are ahead. */
async function skipAll(database: Database, bus: Bus, cause: Cause): Promise<SkippedOrphans[]> {
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

/**
 * For a service with `databaseMixin`. The relay starts before the consumers and stops after them,
 * so that it publishes their last events too.
 */
export function outboxMixin(): Partial<ServiceSchema> {
  return defineMixin<OutboxService>({
    actions: {
      'operator.outbox.stats': operatorAction({
        handler(): Promise<OutboxStats> {
          return this.outboxStats();
        },
      }),
      'outbox.stats': adminAction({
        handler(this: OutboxService): Promise<OutboxStats> {
          return this.outboxStats();
        },
      }),
      'outbox.sendAgain': adminAction({
        async handler(this: OutboxService, ctx): Promise<{ found: number }> {
          return { found: await sendAgain(this.database, undefined, requestOf(ctx)) };
        },
      }),
      'operator.outbox.refused': operatorAction({
        params: {
          after: { type: 'number', integer: true, min: 0, default: 0 },
          limit: { type: 'number', integer: true, min: 1, max: MAX_REFUSED, default: 100 },
        },
        handler(ctx): Promise<RefusedEvent[]> {
          return listRefused(this.database, ctx.params);
        },
      }),
      'operator.outbox.orphans': operatorAction({
        handler(): Promise<Ahead[]> {
          return streamsAhead(this.database, platformOf(this.broker).bus);
        },
      }),
      'operator.outbox.skipOrphans': operatorAction({
        params: { by: OPERATOR },
        handler(ctx): Promise<SkippedOrphans[]> {
          return skipAll(this.database, platformOf(this.broker).bus, causeBy(ctx));
        },
      }),
      'operator.outbox.sendAgain': operatorAction({
        params: {
          // Default: all.
          positions: {
            type: 'array',
            items: { type: 'number', integer: true, min: 1 },
            min: 1,
            max: MAX_REFUSED,
            optional: true,
          },
          by: OPERATOR,
        },
        async handler(ctx): Promise<{ found: number }> {
          const request = { cause: causeBy(ctx), idempotency: null };
          return { found: await sendAgain(this.database, ctx.params.positions, request) };
        },
      }),
    },
    methods: {
      outboxStats(): Promise<OutboxStats> {
        return outboxStats(this.database);
      },
      startOutbox(): void {
        const { database, loops } = this;
        if (database === undefined) throw new Error(`${this.name} has an outbox but no databaseMixin`);
        const { bus, config } = platformOf(this.broker);
        // Its items are events. Refused ones are marked in the outbox and do not delay the others.
        const traces = tracesOf(this.broker);
        const relay = loops.add(new RelayLoop({ database, bus, log: this.logger, traces }));
        relay.start();
        addOutboxMetrics(metricsOf(this.broker), database, relay);
        const purging = loops.make({
          name: 'purge-outbox',
          // No items: one statement deletes rows by their age alone.
          runOnce: async () => !(await purgeOnce(database, config.outboxKeepDays)).done,
          failing: "Old events can't be deleted from the outbox",
          pollMs: PURGE_EVERY_MS,
        });
        purging.start();
      },
    },
  });
}
