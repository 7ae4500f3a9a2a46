/**
 * Owns: figures by day, operations and balances, built from events alone, in generations.
 * Publishes: only the events of operator actions (ANALYTICS).
 * Consumes: AUTH (names), TASKS (tasks), ACCOUNTING (prices, lines of accounts, balances, closed
 * days).
 * Never: asks another service for a figure, counts an event twice, or shows an incomplete
 * generation.
 */
import type { Service, ServiceSchema } from 'moleculer';
import { consumerMixin } from '#mixins/consumer/consumer.mixin.ts';
import type { ConsumerSettings } from '#mixins/consumer/definition.ts';
import { withCurrency } from '#mixins/currency.ts';
import { type DatabaseMethods, databaseMixin } from '#mixins/database/database.mixin.ts';
import { defineService } from '#mixins/define-service.ts';
import { causeBy, OPERATOR, operatorAction } from '#mixins/identity/operator.ts';
import { serve } from '#mixins/identity/serve.ts';
import type { Loop } from '#mixins/loops/loop.ts';
import { outboxMixin } from '#mixins/outbox/outbox.mixin.ts';
import { platformOf } from '#mixins/platform.ts';
import { reconciliationMixin } from '#mixins/reconciliation/reconciliation.mixin.ts';
import daysAction from '#schemas/actions/analytics/days.ts';
import liveAction from '#schemas/actions/analytics/live.ts';
import operationsAction from '#schemas/actions/analytics/operations.ts';
import todayAction from '#schemas/actions/analytics/today.ts';
import topTasksAction from '#schemas/actions/analytics/top-of-periods.ts';
import topTaskAction from '#schemas/actions/analytics/top-task.ts';
import { liveConsumers } from './consumers.handler.ts';
import {
  listDays,
  listOperations,
  listTopTasks,
  showToday,
  showTopTask,
} from './figures/read-figures.query.ts';
import {
  askForSnapshot,
  cancelRebuild,
  Rebuilder,
  rebuildStatus,
  startRebuild,
} from './rebuild/rebuild.handler.ts';
import { rebuildLoop } from './rebuild/rebuild.worker.ts';
import { type Streams, streamsOf } from './rebuild/streams.client.ts';
import { analyticsChecks } from './reconciliation/reconcile-checks.store.ts';
import { analyticsSets } from './reconciliation/reconcile-facts.store.ts';

interface AnalyticsService extends Service, DatabaseMethods {
  streams: Streams;
  rebuilder: Rebuilder | undefined;
  rebuildLoop: Loop | undefined;
}

function today(service: AnalyticsService) {
  return showToday(service.database, platformOf(service.broker).config);
}

export interface AnalyticsOptions {
  /**
   * Limits of consumers that differ from the defaults, also for rebuilds; tests use shorter ones.
   */
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
      // A rebuild reads these streams again, by durables that are named after its generation.
      replays: Object.values(liveConsumers).map(({ stream }) => stream),
    },
    actions: {
      today: serve(todayAction, function () {
        return today(this);
      }),
      live: serve(liveAction, function () {
        return today(this);
      }),
      topTask: serve(topTaskAction, function (ctx) {
        return showTopTask(this.database, platformOf(this.broker).config, ctx.params);
      }),
      topOfPeriods: serve(topTasksAction, function (ctx) {
        const { config } = platformOf(this.broker);
        return withCurrency(config, listTopTasks(this.database, config, ctx.params));
      }),
      days: serve(daysAction, function (ctx) {
        const { config } = platformOf(this.broker);
        return withCurrency(config, listDays(this.database, config, ctx.params));
      }),
      operations: serve(operationsAction, function (ctx) {
        return withCurrency(platformOf(this.broker).config, listOperations(this.database, ctx.params));
      }),
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
      'operator.rebuild.snapshot': operatorAction({
        params: { by: OPERATOR },
        async handler(ctx) {
          await askForSnapshot(this.database, causeBy(ctx));
          this.rebuildLoop?.wake();
        },
      }),
      'operator.rebuild.status': operatorAction({
        handler() {
          return rebuildStatus(this.database, this.streams);
        },
      }),
    },
    // Durables analytics-auth, analytics-tasks, analytics-accounting.
    consumers: liveConsumers,
    started() {
      const { database, logger, loops } = this;
      this.streams = streamsOf(database, platformOf(this.broker), logger, consumers);
      this.rebuilder = new Rebuilder(database, this.streams);
      this.rebuildLoop = rebuildLoop(this.rebuilder, loops, logger);
      this.rebuildLoop.start();
    },
    async stopped() {
      await this.rebuildLoop?.stop();
      await this.rebuilder?.stop();
    },
  });
}

export default analyticsService();
