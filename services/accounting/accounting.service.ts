/**
 * Owns: prices, the journal and its seal, accounts, business days, payouts; a copy of the users' names.
 * Publishes: accounting.task.priced, .employee.billed, .task.paid, .posting.made, .posting.refused, .payout.made, .balance.changed,
 *   .day.closed (ACCOUNTING).
 * Consumes: AUTH (the users), TASKS (what is charged and paid), ACCOUNTING (what other services ask to be posted).
 * Never: waits for another event before it books one, changes a line that was booked, draws a price twice, or goes by a node's clock.
 */
import type { Service } from 'moleculer';
import type { Config } from '../../config.ts';
import { calendarOf } from '../../mixins/calendar.ts';
import { consumerMixin } from '../../mixins/consumer/consumer.mixin.ts';
import { type DatabaseMethods, databaseMixin } from '../../mixins/database/database.mixin.ts';
import { isRetryable } from '../../mixins/database/errors.ts';
import { defineService } from '../../mixins/define-service.ts';
import type { ContextOf } from '../../mixins/identity/identity.ts';
import { causeBy, OPERATOR, operatorAction } from '../../mixins/identity/operator.ts';
import { actorOf, requestOf } from '../../mixins/identity/request.ts';
import { Loop } from '../../mixins/loops/loop.ts';
import { Outage } from '../../mixins/outage.ts';
import { outboxMixin } from '../../mixins/outbox/outbox.mixin.ts';
import { platformOf } from '../../mixins/platform.ts';
import { reconciliationMixin } from '../../mixins/reconciliation/reconciliation.mixin.ts';
import accountAction from '../../schemas/actions/accounting/account.ts';
import accountsAction from '../../schemas/actions/accounting/accounts.ts';
import adjustAction from '../../schemas/actions/accounting/adjust.ts';
import balanceAction from '../../schemas/actions/accounting/balance.ts';
import closeDayAction from '../../schemas/actions/accounting/close-day.ts';
import companyAction from '../../schemas/actions/accounting/company.ts';
import dayAction from '../../schemas/actions/accounting/day.ts';
import statementAction from '../../schemas/actions/accounting/statement.ts';
import { businessDay, optional } from '../../schemas/params.ts';
import { adjustBalance } from './adjust-balance.handler.ts';
import { requestsConsumer } from './book-requests.handler.ts';
import { tasksConsumer } from './book-tasks.handler.ts';
import { closeDay, rehearseClose } from './close-day.handler.ts';
import { usersConsumer } from './copy-users.handler.ts';
import { listAccounts } from './list-accounts.handler.ts';
import { openDaysInTime, openDueDays } from './open-day.handler.ts';
import { readAccount } from './read-account.handler.ts';
import { readBalance } from './read-balance.handler.ts';
import { readCompany, showDay } from './read-day.handler.ts';
import { readStatement } from './read-statement.handler.ts';
import { side } from './reconcile.handler.ts';
import { Sealer } from './seal-journal.handler.ts';
import { closeWork } from './settle-day.handler.ts';

/** How old a posting may be before it is sealed, in milliseconds, where blocks are not full before: not many small blocks, nor much unsealed. */
const SEAL_EVERY_MS = 500;

interface AccountingService extends Service, DatabaseMethods {
  config: Config;
  cutOverLoop: Loop | undefined;
  dayLoop: Loop | undefined;
  sealLoop: Loop | undefined;
}

export default defineService<AccountingService>({
  name: 'accounting',
  mixins: [
    databaseMixin({ migrations: new URL('./migrations/', import.meta.url) }),
    outboxMixin(),
    consumerMixin(),
    reconciliationMixin(side),
  ],
  actions: {
    account: {
      ...accountAction,
      handler(ctx: ContextOf<typeof accountAction>) {
        return readAccount(this.database, this.config, actorOf(ctx), ctx.params.userId);
      },
    },
    statement: {
      ...statementAction,
      handler(ctx: ContextOf<typeof statementAction>) {
        return readStatement(this.database, actorOf(ctx), ctx.params);
      },
    },
    accounts: {
      ...accountsAction,
      handler(ctx: ContextOf<typeof accountsAction>) {
        return listAccounts(this.database, ctx.params);
      },
    },
    balance: {
      ...balanceAction,
      handler(ctx: ContextOf<typeof balanceAction>) {
        return readBalance(this.database, actorOf(ctx), ctx.params);
      },
    },
    company: {
      ...companyAction,
      handler(ctx: ContextOf<typeof companyAction>) {
        return readCompany(this.database, this.config, ctx.params);
      },
    },
    adjust: {
      ...adjustAction,
      handler(ctx: ContextOf<typeof adjustAction>) {
        return adjustBalance(this.database, this.config, ctx.params, requestOf(ctx));
      },
    },
    day: {
      ...dayAction,
      handler(ctx: ContextOf<typeof dayAction>) {
        return showDay(this.database, this.config, ctx.params.day);
      },
    },
    closeDay: {
      ...closeDayAction,
      async handler(ctx: ContextOf<typeof closeDayAction>) {
        const wake = () => this.dayLoop?.wake();
        const day = await closeDay(this.database, this.config, ctx.params, requestOf(ctx), wake);
        if (day.status === 'closing' && ctx.params.dryRun !== true) {
          ctx.meta.$statusCode = 202;
          ctx.meta.$location = `/accounting/days/${day.businessDay}`;
        }
        return day;
      },
    },
    'operator.days.preview': operatorAction({
      params: { day: optional(businessDay()) },
      handler(ctx) {
        return rehearseClose(this.database, this.config, ctx.params.day);
      },
    }),
    'operator.days.close': operatorAction({
      params: { day: businessDay(), by: OPERATOR },
      handler(ctx) {
        const { day } = ctx.params;
        const request = { cause: causeBy(ctx), idempotency: null };
        return closeDay(this.database, this.config, { day }, request, () => this.dayLoop?.wake());
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
    const cutOver = new Outage('The cut-over to the next day fails', this.logger);
    this.cutOverLoop = loops.add(
      new Loop({
        name: 'cut-over',
        // No items: one day is open at a time, and each follows the one before it.
        runOnce: async () => {
          await openDaysInTime(database, calendarOf(config));
          return false;
        },
        outage: cutOver,
      }),
    );
    const closing = loops.isolate(closeWork(database, config));
    this.dayLoop = loops.add(
      new Loop({
        name: 'close',
        runOnce: async () => {
          const pass = await closing.runOnce();
          if (pass.outcome !== 'waiting') return pass.outcome === 'settled' || pass.outcome === 'closed';
          this.sealLoop?.wake();
          return { blocked: `${pass.day} is not sealed yet` };
        },
        outage: new Outage('The close of a day fails', this.logger),
      }),
    );
    const sealer = new Sealer(database);
    this.sealLoop = loops.add(
      new Loop({
        name: 'seal',
        // No items: blocks are a chain, and none can be left out.
        runOnce: async () => {
          const pass = await sealer.runOnce();
          if (pass.outcome === 'waiting') {
            const writers = pass.fence.writers.join(', ');
            return { blocked: `Transactions that post are open (${writers} in pg_locks)` };
          }
          if (pass.outcome !== 'sealed') return false;
          this.dayLoop?.wake();
          return pass.full;
        },
        outage: new Outage('The seal of the journal fails', this.logger),
        pollMs: SEAL_EVERY_MS,
      }),
    );
    try {
      await openDueDays(database, calendarOf(config));
    } catch (error) {
      // With the primary away this node reads from the replica; the first posting opens the day.
      if (!isRetryable(error)) throw error;
      cutOver.failed(error);
    }
    this.cutOverLoop.start();
    this.dayLoop.start();
    this.sealLoop.start();
  },
  async stopped() {
    await Promise.all([this.cutOverLoop?.stop(), this.dayLoop?.stop(), this.sealLoop?.stop()]);
  },
});
