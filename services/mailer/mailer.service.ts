/**
 * Owns: the queue of mails and its history; the facts from which payout mails and digests are
 * composed; a copy of the users' addresses.
 * Publishes: mailer.mail.sent, .failed, .requeued (MAILER).
 * Consumes: AUTH (users), ACCOUNTING (lines, payouts, closed days), TASKS (shuffles), MAILER
 * (requests of other services).
 * Never: keeps a transaction open while it talks to the mail server, or sends a mail that is not in
 * the queue.
 */
import type { Service } from 'moleculer';
import { consumerMixin } from '#mixins/consumer/consumer.mixin.ts';
import { type DatabaseMethods, databaseMixin } from '#mixins/database/database.mixin.ts';
import { defineService } from '#mixins/define-service.ts';
import { adminAction } from '#mixins/identity/admin-action.ts';
import { operatorAction } from '#mixins/identity/operator.ts';
import { requestOf } from '#mixins/identity/request.ts';
import { serve } from '#mixins/identity/serve.ts';
import { metricsOf } from '#mixins/metrics/metrics.ts';
import { outboxMixin } from '#mixins/outbox/outbox.mixin.ts';
import { platformOf } from '#mixins/platform.ts';
import { reconciliationMixin } from '#mixins/reconciliation/reconciliation.mixin.ts';
import { tracesOf } from '#mixins/tracing/traces.ts';
import mailAction from '#schemas/actions/mailer/mail.ts';
import mailsAction from '#schemas/actions/mailer/mails.ts';
import resendAction from '#schemas/actions/mailer/resend.ts';
import type { MailStats } from '#schemas/answers/system.ts';
import { tasksConsumer } from './digests/take-draws.handler.ts';
import { defineModels } from './mailer.models.ts';
import { conditionOfMails } from './mails/condition.query.ts';
import { countMails } from './mails/count-mails.query.ts';
import { mailsPage, mailsQuery } from './mails/list-mails.query.ts';
import type { ListedMail } from './mails/mail-view.ts';
import { readMail } from './mails/read-mail.query.ts';
import { resendMail } from './mails/resend-mail.handler.ts';
import { accountingConsumer } from './payouts/take-postings.handler.ts';
import { participant } from './reconciliation/reconcile.store.ts';
import { requestsConsumer } from './requests/take-requests.handler.ts';
import { mailMetrics } from './sending/mail-metrics.query.ts';
import { MailWork } from './sending/mail-work.client.ts';
import { readSealingKeys } from './sending/sealing-key.store.ts';
import { usersConsumer } from './users/copy-users.handler.ts';

interface MailerService extends Service, DatabaseMethods {
  mailWork: MailWork | undefined;
}

export default defineService<MailerService>({
  name: 'mailer',
  mixins: [
    databaseMixin({
      models: defineModels,
      main: 'mail',
      migrations: new URL('./migrations/', import.meta.url),
    }),
    outboxMixin(),
    consumerMixin(),
    reconciliationMixin(participant),
  ],
  actions: {
    mails: serve(mailsAction, async function (ctx) {
      const rows = await this._find<ListedMail>(ctx, mailsQuery(ctx.params));
      return mailsPage(this.database, rows, ctx.params);
    }),
    mail: serve(mailAction, function (ctx) {
      return readMail(this.database, ctx.params.id);
    }),
    // Called by services that request mails with secrets. The key is public.
    sealingKey: {
      visibility: 'public',
      params: { $$strict: true },
      async handler() {
        const { publicJwk } = await readSealingKeys(this.database);
        return { publicJwk };
      },
    },
    'mails.stats': adminAction({
      handler(this: MailerService): Promise<MailStats> {
        return countMails(this.database);
      },
    }),
    'operator.condition': operatorAction({
      handler() {
        return conditionOfMails(this.database);
      },
    }),
    resend: serve(resendAction, function (ctx) {
      return resendMail(this.database, ctx.params.id, requestOf(ctx));
    }),
  },
  // Durables mailer-users, mailer-accounting, mailer-tasks, mailer-requests.
  consumers: {
    users: usersConsumer,
    accounting: accountingConsumer,
    tasks: tasksConsumer,
    requests: requestsConsumer,
  },
  started() {
    const { config, bus } = platformOf(this.broker);
    const { database, loops, logger } = this;
    const work = new MailWork({ database, config, bus, loops, log: logger, traces: tracesOf(this.broker) });
    this.mailWork = work;
    work.start();
    metricsOf(this.broker).add(mailMetrics(database, () => work.attempts));
  },
  async stopped() {
    await this.mailWork?.stop();
  },
});
