/**
 * Owns: figures by day, operations, balances, made of events alone; generations of them; the reconciliation of the system.
 * Publishes: nothing but what operators do to it (ANALYTICS).
 * Consumes: AUTH (names), TASKS (tasks), ACCOUNTING (prices, lines of accounts, balances, closed days).
 * Never: asks another service for a figure but to compare it, counts an event twice, or shows a generation that is not complete.
 */
import type { Service, ServiceSchema } from 'moleculer';
import { consumerMixin } from '#mixins/consumer/consumer.mixin.ts';
import type { ConsumerSettings } from '#mixins/consumer/definition.ts';
import { type DatabaseMethods, databaseMixin } from '#mixins/database/database.mixin.ts';
import { defineService } from '#mixins/define-service.ts';
import type { ContextOf } from '#mixins/identity/identity.ts';
import { causeBy, OPERATOR, operatorAction } from '#mixins/identity/operator.ts';
import { Loop } from '#mixins/loops/loop.ts';
import { Outage } from '#mixins/outage.ts';
import { outboxMixin } from '#mixins/outbox/outbox.mixin.ts';
import { platformOf } from '#mixins/platform.ts';
import { reconciliationMixin } from '#mixins/reconciliation/reconciliation.mixin.ts';
import daysAction from '#schemas/actions/analytics/days.ts';
import liveAction from '#schemas/actions/analytics/live.ts';
import operationsAction from '#schemas/actions/analytics/operations.ts';
import reconciliationAction from '#schemas/actions/analytics/reconciliation.ts';
import todayAction from '#schemas/actions/analytics/today.ts';
import topTaskAction from '#schemas/actions/analytics/top-task.ts';
import { liveConsumers } from './consumers.handler.ts';
import { listDays, listOperations, showToday, showTopTask } from './read-figures.handler.ts';
import { cancelRebuild, Rebuilder, rebuildStatus, type Streams, startRebuild } from './rebuild.handler.ts';
import { askFrom } from './reconcile.client.ts';
import { answerReconciliation, reconciliationStatus, startReconciliation } from './reconcile.handler.ts';
import { analyticsChecks } from './reconcile-checks.store.ts';
import { analyticsSets } from './reconcile-facts.store.ts';
import { planOf } from './reconcile-plan.ts';
import { RUN_SETTINGS, reconcile } from './reconcile-run.handler.ts';
import { LONGEST_RECONCILIATION_MS, Reconciler } from './reconciler.handler.ts';
import { streamsOf } from './streams.client.ts';

/** How often a node looks for a rebuild to take part in, in milliseconds: a row that is nearly always the same. */
const LOOK_FOR_REBUILD_MS = 500;
/** A reconciliation may take longer than other answers, in milliseconds; the handler gives up before. */
const RECONCILED_WITHIN_MS = 30_000;

interface AnalyticsService extends Service, DatabaseMethods {
  streams: Streams;
  rebuilder: Rebuilder | undefined;
  rebuildLoop: Loop | undefined;
  reconciler: Reconciler;
  reconcileLoop: Loop | undefined;
}

function today(service: AnalyticsService) {
  return showToday(service.database, platformOf(service.broker).config);
}

export interface AnalyticsOptions {
  /** Bounds of consumers that differ from the defaults, those of a rebuild as well, such as shorter ones for tests. */
  readonly consumers?: Partial<ConsumerSettings>;
}

export function analyticsService({ consumers = {} }: AnalyticsOptions = {}): ServiceSchema {
  return defineService<AnalyticsService>({
    name: 'analytics',
    mixins: [
      databaseMixin({ migrations: new URL('./migrations/', import.meta.url) }),
      outboxMixin(),
      consumerMixin({ settings: consumers }),
      reconciliationMixin({ sets: analyticsSets, checks: analyticsChecks }),
    ],
    rights: {
      calls: ['*.reconciliation.*'],
      // A rebuild, by durables that are named by its generation.
      replays: Object.values(liveConsumers).map(({ stream }) => stream),
    },
    actions: {
      today: {
        ...todayAction,
        handler() {
          return today(this);
        },
      },
      live: {
        ...liveAction,
        handler() {
          return today(this);
        },
      },
      topTask: {
        ...topTaskAction,
        handler(ctx: ContextOf<typeof topTaskAction>) {
          return showTopTask(this.database, platformOf(this.broker).config, ctx.params);
        },
      },
      days: {
        ...daysAction,
        handler(ctx: ContextOf<typeof daysAction>) {
          return listDays(this.database, platformOf(this.broker).config, ctx.params);
        },
      },
      operations: {
        ...operationsAction,
        handler(ctx: ContextOf<typeof operationsAction>) {
          return listOperations(this.database, ctx.params);
        },
      },
      reconciliation: {
        ...reconciliationAction,
        timeout: RECONCILED_WITHIN_MS,
        handler() {
          const { database, reconciler } = this;
          return answerReconciliation(database, () => this.reconcileLoop?.wake(), reconciler.stopping);
        },
      },
      'operator.rebuild.start': operatorAction({
        params: { by: OPERATOR },
        async handler(ctx) {
          const generation = await startRebuild(this.database, this.streams, causeBy(ctx));
          this.rebuildLoop?.wake();
          return { generation };
        },
      }),
      'operator.rebuild.cancel': operatorAction({
        params: { by: OPERATOR },
        async handler(ctx) {
          await cancelRebuild(this.database, causeBy(ctx));
          this.rebuildLoop?.wake();
        },
      }),
      'operator.rebuild.status': operatorAction({
        handler() {
          return rebuildStatus(this.database, this.streams);
        },
      }),
      'operator.reconciliation.start': operatorAction({
        async handler() {
          const number = await startReconciliation(this.database);
          this.reconcileLoop?.wake();
          return { number };
        },
      }),
      'operator.reconciliation.status': operatorAction({
        params: { number: { type: 'number', integer: true, min: 1 } },
        handler(ctx) {
          return reconciliationStatus(this.database, ctx.params.number);
        },
      }),
    },
    // Durables analytics-auth, analytics-tasks, analytics-accounting.
    consumers: liveConsumers,
    started() {
      const { database, logger, loops } = this;
      this.streams = streamsOf(this.name, database, platformOf(this.broker), logger, consumers);
      const rebuilder = new Rebuilder(database, this.streams);
      this.rebuilder = rebuilder;
      this.rebuildLoop = loops.add(
        new Loop({
          name: 'rebuild',
          // No items: one rebuild at a time, step by step; operators cancel one that can't go on.
          pollMs: LOOK_FOR_REBUILD_MS,
          runOnce: async () => {
            const outcome = await rebuilder.runOnce();
            if (outcome === 'live' || outcome === 'refused')
              logger.info(`The rebuilt generation is ${outcome}`);
            return outcome === 'live' || outcome === 'refused';
          },
          outage: new Outage('The rebuild fails', logger),
        }),
      );
      this.rebuildLoop.start();
      const settings = { ...RUN_SETTINGS, plan: planOf(platformOf(this.broker).config.product) };
      const reconciler = new Reconciler({
        database,
        ask: askFrom(this.broker),
        reconcile: (ask, onFailedPart) => reconcile(ask, onFailedPart, settings),
        log: logger,
      });
      this.reconciler = reconciler;
      this.reconcileLoop = loops.add(
        new Loop({
          name: 'reconcile',
          // Its items are comparisons and checks; `reconcile` isolates them.
          longestPassMs: LONGEST_RECONCILIATION_MS,
          runOnce: async () => (await reconciler.runOnce()) === 'done',
          outage: new Outage("A reconciliation can't be begun or ended", logger),
        }),
      );
      this.reconcileLoop.start();
    },
    async stopped() {
      this.reconciler?.stop();
      await Promise.all([this.rebuildLoop?.stop(), this.reconcileLoop?.stop()]);
      await this.rebuilder?.stop();
    },
  });
}

export default analyticsService();
