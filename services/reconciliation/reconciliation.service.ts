/**
 * Owns: reconciliations of the whole system: who asked for one, who runs it, what it found (ANA-6).
 * Publishes: only the events of operator actions (RECONCILIATION).
 * Consumes: nothing.
 * Never: changes what it compares, or reads another service's database.
 */
import type { Service } from 'moleculer';
import { type DatabaseMethods, databaseMixin } from '#mixins/database/database.mixin.ts';
import { defineService } from '#mixins/define-service.ts';
import { causeBy, OPERATOR, operatorAction } from '#mixins/identity/operator.ts';
import { actorOf, requestOf } from '#mixins/identity/request.ts';
import { serve } from '#mixins/identity/serve.ts';
import type { Loop } from '#mixins/loops/loop.ts';
import { metricsOf } from '#mixins/metrics/metrics.ts';
import { outboxMixin } from '#mixins/outbox/outbox.mixin.ts';
import { platformOf } from '#mixins/platform.ts';
import latestAction from '#schemas/actions/reconciliation/latest.ts';
import reconcileAction from '#schemas/actions/reconciliation/reconcile.ts';
import startAction from '#schemas/actions/reconciliation/start.ts';
import { conditionOfReconciliation } from './condition.query.ts';
import { requestLatest, showLatest } from './latest.handler.ts';
import { reconciliationMetrics } from './metrics.query.ts';
import { askFrom } from './participants.client.ts';
import { loadPlan } from './plan.ts';
import { Reconciler } from './reconciler.worker.ts';
import { answerReconciliation, reconciliationLoop } from './reconciliation.worker.ts';
import { reconciliationStatus, startReconciliation } from './request.handler.ts';
import { reconcile } from './run.client.ts';

/**
 * How long a call may take, in milliseconds. It is longer than that of other actions; the worker
 * gives up before.
 */
const RECONCILED_WITHIN_MS = 30_000;

interface ReconciliationService extends Service, DatabaseMethods {
  reconciler: Reconciler;
  loop: Loop;
}

export default defineService<ReconciliationService>({
  name: 'reconciliation',
  mixins: [databaseMixin({ migrations: new URL('./migrations/', import.meta.url) }), outboxMixin()],
  rights: { calls: ['*.reconciliation.*'] },
  actions: {
    reconcile: {
      ...serve(reconcileAction, function () {
        return answerReconciliation(this.database, this.reconciler.stopping);
      }),
      timeout: RECONCILED_WITHIN_MS,
    },
    start: serve(startAction, function (ctx) {
      return requestLatest(this.database, requestOf(ctx));
    }),
    latest: serve(latestAction, function (ctx) {
      return showLatest(this.database, actorOf(ctx).roles);
    }),
    'operator.condition': operatorAction({
      handler() {
        return conditionOfReconciliation(this.database);
      },
    }),
    'operator.start': operatorAction({
      params: { by: OPERATOR },
      async handler(ctx) {
        return { number: await startReconciliation(this.database, causeBy(ctx)) };
      },
    }),
    'operator.status': operatorAction({
      params: { number: { type: 'number', integer: true, min: 1 } },
      handler(ctx) {
        return reconciliationStatus(this.database, ctx.params.number);
      },
    }),
  },
  async started() {
    const { broker, database, loops, logger } = this;
    const plan = await loadPlan(platformOf(broker).config.product);
    this.reconciler = new Reconciler({
      database,
      ask: askFrom(broker),
      reconcile: (ask, onFailedPart) => reconcile(plan, ask, onFailedPart),
      log: logger,
    });
    this.loop = reconciliationLoop(this.reconciler, database, loops);
    this.loop.start();
    metricsOf(broker).add(reconciliationMetrics(database, plan));
  },
  async stopped() {
    this.reconciler?.stop();
    await this.loop?.stop();
  },
});
