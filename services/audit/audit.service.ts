/**
 * Owns: the log of everything (AUD-1).
 * Publishes: only the events of operator actions (AUDIT).
 * Consumes: every stream with a contract: all events of all services.
 * Never: changes a record, or stores other services' dead letters; it asks for them (FAIL-3).
 */
import type { Service } from 'moleculer';
import { SCHEMAS_BUCKET, SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import { findAnyJob, listAllCauses, settleCause } from '#mixins/consumer/all-causes.ts';
import {
  type DeadLetterView,
  type FoundDeadLetter,
  findDeadLetter,
  listDeadLetters,
  settleDeadLetter,
  viewDeadLetter,
} from '#mixins/consumer/all-dead-letters.ts';
import { consumerMixin } from '#mixins/consumer/consumer.mixin.ts';
import { type DatabaseMethods, databaseMixin } from '#mixins/database/database.mixin.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import { defineService } from '#mixins/define-service.ts';
import type { RequestContext } from '#mixins/identity/identity.ts';
import { requestOf } from '#mixins/identity/request.ts';
import { serve } from '#mixins/identity/serve.ts';
import { outboxMixin } from '#mixins/outbox/outbox.mixin.ts';
import { platformOf } from '#mixins/platform.ts';
import causesAction from '#schemas/actions/audit/causes.ts';
import deadLetterAction from '#schemas/actions/audit/dead-letter.ts';
import deadLettersAction from '#schemas/actions/audit/dead-letters.ts';
import discardAction from '#schemas/actions/audit/discard.ts';
import discardsAction from '#schemas/actions/audit/discards.ts';
import jobAction from '#schemas/actions/audit/job.ts';
import listAction from '#schemas/actions/audit/list.ts';
import redriveAction from '#schemas/actions/audit/redrive.ts';
import redrivesAction from '#schemas/actions/audit/redrives.ts';
import { servicesWithDeadLetters } from '#schemas/dead-letter.ts';
import { serviceOf } from '#schemas/event.ts';
import { loadProductEvents } from '#schemas/load.ts';
import { processConfig } from '../../config.ts';
import { deadLettersOf } from './dead-letters.client.ts';
import { readAudit } from './read-audit.query.ts';
import { recordConsumer } from './record-events.handler.ts';

const contracts = await loadProductEvents(processConfig().product);
/** Each folder of contracts is a stream, so no list names the streams. */
const streams = [...new Set(contracts.map(({ type }) => serviceOf(type)))];
const services = servicesWithDeadLetters(contracts);
/** The types whose events have the whole state of their aggregate. */
const states = new Set<string>(contracts.filter(({ wholeState }) => wholeState).map(({ type }) => type));

interface AuditService extends Service, DatabaseMethods {
  schemaRegistry: SchemaRegistry;
  view(found: FoundDeadLetter): Promise<DeadLetterView>;
  claimKey(ctx: RequestContext): Promise<void>;
}

export default defineService<AuditService>({
  name: 'audit',
  mixins: [
    databaseMixin({ migrations: new URL('./migrations/', import.meta.url) }),
    outboxMixin(),
    consumerMixin(),
  ],
  // The dead letters of every service.
  rights: { calls: ['*.deadLetters.*'] },
  actions: {
    list: serve(listAction, function (ctx) {
      return readAudit(this.database, ctx.params);
    }),
    deadLetters: serve(deadLettersAction, (ctx) => listDeadLetters(deadLettersOf(ctx, services), ctx.params)),
    deadLetter: serve(deadLetterAction, async function (ctx) {
      return this.view(await findDeadLetter(deadLettersOf(ctx, services), ctx.params.id));
    }),
    causes: serve(causesAction, (ctx) => listAllCauses(deadLettersOf(ctx, services), ctx.params)),
    redrives: serve(redrivesAction, async function (ctx) {
      await this.claimKey(ctx);
      return settleCause(deadLettersOf(ctx, services), ctx.params);
    }),
    discards: serve(discardsAction, async function (ctx) {
      await this.claimKey(ctx);
      const { reason, ...cause } = ctx.params;
      return settleCause(deadLettersOf(ctx, services), cause, reason);
    }),
    job: serve(jobAction, (ctx) => findAnyJob(deadLettersOf(ctx, services), ctx.params.id)),
    redrive: serve(redriveAction, async function (ctx) {
      await this.claimKey(ctx);
      return this.view(
        await settleDeadLetter(deadLettersOf(ctx, services), ctx.params.id, { to: 'redriven' }),
      );
    }),
    discard: serve(discardAction, async function (ctx) {
      await this.claimKey(ctx);
      const { id, reason } = ctx.params;
      const step = { to: 'discarded', reason } as const;
      return this.view(await settleDeadLetter(deadLettersOf(ctx, services), id, step));
    }),
  },
  // Durables audit-<stream>.
  consumers: Object.fromEntries(streams.map((stream) => [stream, recordConsumer(stream, states)])),
  methods: {
    /** A repeated step answers the same, so its key must only not be used for another request. */
    async claimKey(ctx: RequestContext) {
      const { idempotency } = requestOf(ctx);
      if (idempotency === null) return;
      await this.database.inTransaction((tx) => withIdempotency(tx, idempotency, async () => true));
    },
    /** A dead letter with the readable part of its data. */
    view(found: FoundDeadLetter) {
      return viewDeadLetter(this.schemaRegistry, found);
    },
  },
  created() {
    const { bus } = platformOf(this.broker);
    this.schemaRegistry = new SchemaRegistry(() => bus.bucket(SCHEMAS_BUCKET));
  },
});
