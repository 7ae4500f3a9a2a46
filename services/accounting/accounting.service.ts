/**
 * Owns: prices, the journal and its seal, accounts, business days, payouts; a copy of the users'
 * names.
 * Publishes: accounting.task.priced, .employee.billed, .task.paid, .posting.made, .posting.refused,
 * .payout.made, .balance.changed, .day.closed (ACCOUNTING).
 * Consumes: AUTH (users), TASKS (assignments and completions), ACCOUNTING (postings that other
 * services request).
 * Never: waits for a second event before it books the first, changes a booked line, draws a price
 * twice, or uses a node's clock.
 */
import type { Service } from 'moleculer';
import { consumerMixin } from '#mixins/consumer/consumer.mixin.ts';
import { withCurrency } from '#mixins/currency.ts';
import { type DatabaseMethods, databaseMixin } from '#mixins/database/database.mixin.ts';
import { defineService } from '#mixins/define-service.ts';
import { causeBy, OPERATOR, operatorAction } from '#mixins/identity/operator.ts';
import { actorOf, requestOf } from '#mixins/identity/request.ts';
import { serve } from '#mixins/identity/serve.ts';
import { metricsOf } from '#mixins/metrics/metrics.ts';
import { outboxMixin } from '#mixins/outbox/outbox.mixin.ts';
import { platformOf } from '#mixins/platform.ts';
import { reconciliationMixin } from '#mixins/reconciliation/reconciliation.mixin.ts';
import accountAction from '#schemas/actions/accounting/account.ts';
import accountsAction from '#schemas/actions/accounting/accounts.ts';
import adjustAction from '#schemas/actions/accounting/adjust.ts';
import balanceAction from '#schemas/actions/accounting/balance.ts';
import closeDayAction from '#schemas/actions/accounting/close-day.ts';
import companyAction from '#schemas/actions/accounting/company.ts';
import dayAction from '#schemas/actions/accounting/day.ts';
import daysAction from '#schemas/actions/accounting/days.ts';
import payoutsAction from '#schemas/actions/accounting/payouts.ts';
import sealAction from '#schemas/actions/accounting/seal.ts';
import sealBlockAction from '#schemas/actions/accounting/seal-block.ts';
import statementAction from '#schemas/actions/accounting/statement.ts';
import summaryAction from '#schemas/actions/accounting/summary.ts';
import taskAction from '#schemas/actions/accounting/task.ts';
import todayAction from '#schemas/actions/accounting/today.ts';
import { businessDay, optional } from '#schemas/params.ts';
import type { Config } from '../../config.ts';
import { accountingLoops, closeDay, openFirstDays } from './accounting.worker.ts';
import { adjustBalance } from './accounts/adjust-balance.handler.ts';
import { usersConsumer } from './accounts/copy-users.handler.ts';
import {
  listAccounts,
  readAccount,
  readBalance,
  readStatement,
  readSummary,
} from './accounts/read-account.query.ts';
import { conditionOfBooks } from './condition.query.ts';
import { previewClose } from './days/close-day.handler.ts';
import { readOpenDay } from './days/day.store.ts';
import { dayMetrics } from './days/day-metrics.query.ts';
import { listDays, listPayouts, readCompany, showDay, showToday } from './days/read-day.query.ts';
import { accountingChecks } from './reconciliation/reconcile-checks.store.ts';
import { accountingSets } from './reconciliation/reconcile-facts.store.ts';
import { requestsConsumer } from './requests/book-requests.handler.ts';
import { showBlock, showSeal } from './seal/read-seal.query.ts';
import { sealMetrics } from './seal/seal-metrics.query.ts';
import { tasksConsumer } from './tasks/book-tasks.handler.ts';
import { showTask } from './tasks/read-task-lines.query.ts';

interface AccountingService extends Service, DatabaseMethods {
  config: Config;
}

export default defineService<AccountingService>({
  name: 'accounting',
  mixins: [
    databaseMixin({ migrations: new URL('./migrations/', import.meta.url) }),
    outboxMixin(),
    consumerMixin(),
    reconciliationMixin({ sets: accountingSets, checks: accountingChecks }),
  ],
  // Operators' commands read the heads of closed days from this service's stream.
  rights: { operatorsRead: true },
  actions: {
    account: serve(accountAction, function (ctx) {
      return readAccount(this.database, this.config, actorOf(ctx), ctx.params.userId);
    }),
    statement: serve(statementAction, function (ctx) {
      return withCurrency(this.config, readStatement(this.database, actorOf(ctx), ctx.params));
    }),
    summary: serve(summaryAction, function (ctx) {
      return withCurrency(this.config, readSummary(this.database, actorOf(ctx), ctx.params));
    }),
    task: serve(taskAction, function (ctx) {
      return withCurrency(this.config, showTask(this.database, actorOf(ctx), ctx.params));
    }),
    accounts: serve(accountsAction, function (ctx) {
      return withCurrency(this.config, listAccounts(this.database, ctx.params));
    }),
    balance: serve(balanceAction, function (ctx) {
      return withCurrency(this.config, readBalance(this.database, actorOf(ctx), ctx.params));
    }),
    company: serve(companyAction, function (ctx) {
      return readCompany(this.database, this.config, ctx.params);
    }),
    adjust: serve(adjustAction, function (ctx) {
      return withCurrency(this.config, adjustBalance(this.database, this.config, ctx.params, requestOf(ctx)));
    }),
    day: serve(dayAction, function (ctx) {
      return showDay(this.database, this.config, ctx.params.day);
    }),
    days: serve(daysAction, function (ctx) {
      return withCurrency(this.config, listDays(this.database, ctx.params));
    }),
    today: serve(todayAction, function () {
      return withCurrency(this.config, showToday(this.database));
    }),
    payouts: serve(payoutsAction, function (ctx) {
      return withCurrency(this.config, listPayouts(this.database, ctx.params));
    }),
    closeDay: serve(closeDayAction, async function (ctx) {
      if (ctx.params.dryRun === true) return previewClose(this.database, this.config, ctx.params.day);
      const request = { ...requestOf(ctx), expected: ctx.params.expected };
      const day = await closeDay(this.database, this.config, ctx.params.day, request);
      if (day.status === 'closing') ctx.meta.$statusCode = 202;
      return day;
    }),
    seal: serve(sealAction, function () {
      return showSeal(this.database);
    }),
    sealBlock: serve(sealBlockAction, function (ctx) {
      return showBlock(this.database, ctx.params.number);
    }),
    // For `/meta` of the gateway. Null before the very first day.
    openDay: {
      visibility: 'public',
      params: { $$strict: true },
      async handler() {
        return (await readOpenDay(this.database)).day;
      },
    },
    'operator.condition': operatorAction({
      handler() {
        return conditionOfBooks(this.database);
      },
    }),
    'operator.days.preview': operatorAction({
      params: { day: optional(businessDay()) },
      handler(ctx) {
        return previewClose(this.database, this.config, ctx.params.day);
      },
    }),
    'operator.days.close': operatorAction({
      params: { day: businessDay(), by: OPERATOR },
      handler(ctx) {
        return closeDay(this.database, this.config, ctx.params.day, {
          cause: causeBy(ctx),
          idempotency: null,
        });
      },
    }),
  },
  // Durables accounting-tasks, accounting-users and accounting-requests.
  consumers: { tasks: tasksConsumer, users: usersConsumer, requests: requestsConsumer },
  created() {
    this.config = platformOf(this.broker).config;
  },
  async started() {
    const { config, database, loops } = this;
    const metrics = metricsOf(this.broker);
    metrics.add(sealMetrics(database));
    metrics.add(dayMetrics(database));
    // Made first: a stop of the node during the wait stops them for good.
    const own = accountingLoops(database, config, loops);
    await openFirstDays(database, config);
    for (const loop of own) loop.start();
  },
});
