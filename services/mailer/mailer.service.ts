/**
 * Owns: the queue of mails and its history; what payout mails and digests are made of, until they are; a copy of the users' addresses.
 * Publishes: mailer.mail.sent, mailer.mail.failed (MAILER).
 * Consumes: AUTH (the users), ACCOUNTING (lines, payouts, closed days), TASKS (shuffles), MAILER (requests of other services).
 * Never: keeps a transaction open while it talks to the mail server, or sends a mail that is not in the queue.
 */
import type { Service } from 'moleculer';
import { consumerMixin } from '#mixins/consumer/consumer.mixin.ts';
import { type DatabaseMethods, databaseMixin } from '#mixins/database/database.mixin.ts';
import { defineService } from '#mixins/define-service.ts';
import type { ContextOf } from '#mixins/identity/identity.ts';
import { outboxMixin } from '#mixins/outbox/outbox.mixin.ts';
import { platformOf } from '#mixins/platform.ts';
import { reconciliationMixin } from '#mixins/reconciliation/reconciliation.mixin.ts';
import mailsAction from '#schemas/actions/mailer/mails.ts';
import { usersConsumer } from './copy-users.handler.ts';
import { mailsPage, mailsQuery } from './list-mails.handler.ts';
import { MailWork } from './mail-work.client.ts';
import { defineModels, type ListedMail } from './mailer.models.ts';
import { side } from './reconcile.store.ts';
import { tasksConsumer } from './take-draws.handler.ts';
import { accountingConsumer } from './take-postings.handler.ts';
import { requestsConsumer } from './take-requests.handler.ts';

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
    reconciliationMixin(side),
  ],
  actions: {
    mails: {
      ...mailsAction,
      async handler(ctx: ContextOf<typeof mailsAction>) {
        const rows = await this._find<ListedMail>(ctx, mailsQuery(ctx.params));
        return mailsPage(rows, ctx.params);
      },
    },
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
    this.mailWork = new MailWork({ database, config, bus, loops, log: logger });
    this.mailWork.start();
  },
  async stopped() {
    await this.mailWork?.stop();
  },
});
