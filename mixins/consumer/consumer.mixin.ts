/**
 * Runs the consumers that a service declares, with internal actions for operators and the
 * dead-letter routes.
 */
import type { Service, ServiceSchema } from 'moleculer';
import type { Tx } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import { defineMixin } from '#mixins/define-service.ts';
import { adminAction } from '#mixins/identity/admin-action.ts';
import { causeBy, OPERATOR, operatorAction } from '#mixins/identity/operator.ts';
import { type Request, requestOf } from '#mixins/identity/request.ts';
import type { LifecycleHooks } from '#mixins/lifecycle.middleware.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import { metricsOf } from '#mixins/metrics/metrics.ts';
import { appendOperatorAction } from '#mixins/outbox/append.ts';
import { platformOf } from '#mixins/platform.ts';
import { tracesOf } from '#mixins/tracing/traces.ts';
import { Problem } from '#schemas/errors.ts';
import { line } from '#schemas/params.ts';
import { type CauseSummary, listCauses } from './causes.store.ts';
import { Consumer } from './consumer.ts';
import { addConsumerMetrics } from './consumer-metrics.ts';
import {
  CAUSE,
  CAUSES,
  type DeadLetterService,
  DISCARD,
  DISCARD_ALL,
  deadLetterActions,
  GET,
  LIST,
  REDRIVE,
  readDeadLetter,
  readJob,
  redriveDeadLetter,
} from './dead-letter-actions.ts';
import { listDeadLetters } from './dead-letters.store.ts';
import { type DeadLetter, type DeadLetterDetail, type DeadLetterSource, discard } from './dead-letters.ts';
import { type ConsumerSettings, consumersIn } from './definition.ts';
import type { JobState } from './jobs.store.ts';
import { jobRequested, requestJob, runJobs } from './jobs.ts';
import { type ConsumerStats, statsOf } from './stats.ts';

export interface ConsumerMixinOptions {
  /** Limits that differ from the defaults, such as shorter ones for tests. */
  readonly settings?: Partial<ConsumerSettings>;
}

interface ConsumerService extends Service, LifecycleHooks, DeadLetterService {
  readonly loops: Loops;
  /** The consumers of this node, by their keys. */
  liveConsumers: ReadonlyMap<string, Consumer> | undefined;
  deadLetterSource: DeadLetterSource;
}

/**
 * For a service with `databaseMixin` and `outboxMixin`. Its durables are `<service>-<key>`. The
 * service does not start without a database.
 */
export function consumerMixin(options: ConsumerMixinOptions = {}): Partial<ServiceSchema> {
  return defineMixin<ConsumerService>({
    actions: {
      'operator.consumers.stats': operatorAction({
        handler(): Promise<ConsumerStats[]> {
          return statsOfAll(this);
        },
      }),
      'consumers.stats': adminAction({
        handler(this: ConsumerService): Promise<ConsumerStats[]> {
          return statsOfAll(this);
        },
      }),
      'operator.consumers.resume': operatorAction({
        params: { key: line(1, 100), by: OPERATOR },
        handler(ctx): Promise<void> {
          const request = { cause: causeBy(ctx), idempotency: null };
          return resumeConsumer(this.liveConsumers?.get(ctx.params.key), ctx.params.key, request);
        },
      }),
      'consumers.resume': adminAction({
        params: { key: line(1, 100) },
        handler(this: ConsumerService, ctx): Promise<void> {
          const { cause, idempotency } = requestOf(ctx);
          // Each node resumes its own part of the consumer, once for a key.
          const own = idempotency && { ...idempotency, route: `${idempotency.route}@${this.broker.nodeID}` };
          const request = { cause, idempotency: own };
          return resumeConsumer(this.liveConsumers?.get(ctx.params.key), ctx.params.key, request);
        },
      }),
      'operator.deadLetters.list': operatorAction({
        params: LIST,
        handler(ctx): Promise<DeadLetter[]> {
          return listDeadLetters(this.database, ctx.params);
        },
      }),
      'operator.deadLetters.get': operatorAction({
        params: GET,
        handler(ctx): Promise<DeadLetterDetail> {
          return readDeadLetter(this.database, ctx.params.id);
        },
      }),
      'operator.deadLetters.redrive': operatorAction({
        params: { ...REDRIVE, by: OPERATOR },
        handler(ctx): Promise<DeadLetter> {
          return redriveDeadLetter(this.deadLetterSource, ctx.params.id, causeBy(ctx));
        },
      }),
      'operator.deadLetters.discard': operatorAction({
        params: { ...DISCARD, by: OPERATOR },
        handler(ctx): Promise<DeadLetter> {
          return discard(this.deadLetterSource, ctx.params.id, causeBy(ctx), ctx.params.reason);
        },
      }),
      'operator.deadLetters.causes': operatorAction({
        params: CAUSES,
        handler(ctx): Promise<CauseSummary[]> {
          const { after, most, limit } = ctx.params;
          return listCauses(this.database, after, most, limit);
        },
      }),
      'operator.deadLetters.redriveAll': operatorAction({
        params: { ...CAUSE, by: OPERATOR },
        handler(ctx): Promise<JobState> {
          const { by: _, ...cause } = ctx.params;
          const job = { ...cause, step: 'redriven', reason: null } as const;
          return requestJob(this.database, job, { cause: causeBy(ctx), idempotency: null });
        },
      }),
      'operator.deadLetters.discardAll': operatorAction({
        params: { ...DISCARD_ALL, by: OPERATOR },
        handler(ctx): Promise<JobState> {
          const { by: _, ...wanted } = ctx.params;
          const job = { ...wanted, step: 'discarded' } as const;
          return requestJob(this.database, job, { cause: causeBy(ctx), idempotency: null });
        },
      }),
      'operator.deadLetters.job': operatorAction({
        params: GET,
        handler(ctx): Promise<JobState> {
          return readJob(this.database, ctx.params.id);
        },
      }),
      ...deadLetterActions,
    },
    methods: {
      startConsumers(): void {
        const { database, logger, loops, name: service } = this;
        if (database === undefined) throw new Error(`${service} has consumers but no databaseMixin`);
        const { settings } = options;
        const platform = platformOf(this.broker);
        const traces = tracesOf(this.broker);
        const consumers = new Map(
          Object.entries(consumersIn(platform.config.product, this.schema.consumers ?? {})).map(
            ([key, definition]) => [
              key,
              new Consumer({ service, key, definition, database, platform, logger, settings, traces }),
            ],
          ),
        );
        this.liveConsumers = consumers;
        this.deadLetterSource = {
          database,
          contextOf: (name) => [...consumers.values()].find(({ context }) => context.name === name)?.context,
          workOf: (name) => loops.work(name),
        };
        for (const consumer of consumers.values()) consumer.start();
        addConsumerMetrics(metricsOf(this.broker), database, [...consumers.values()]);
        const source = this.deadLetterSource;
        const jobs = loops.make({
          name: 'dead-letters',
          runOnce: () => runJobs(source, logger),
          failing: 'Dead letters of a cause cannot be settled',
          wokenBy: [jobRequested.of(database)],
        });
        jobs.start();
      },
      async stopConsumers(): Promise<void> {
        await Promise.all([...(this.liveConsumers?.values() ?? [])].map((consumer) => consumer.stop()));
      },
    },
  });
}

const statsOfAll = ({ liveConsumers }: ConsumerService): Promise<ConsumerStats[]> =>
  Promise.all([...(liveConsumers?.values() ?? [])].map(statsOf));

/**
 * Appends the event of the operator action, then resumes a stopped consumer of this node. A request
 * with a key that was used changes nothing. Throws `not_found` for an unknown one, `conflict` for
 * one that is not stopped.
 */
async function resumeConsumer(
  consumer: Consumer | undefined,
  key: string,
  { cause, idempotency }: Pick<Request, 'cause' | 'idempotency'>,
): Promise<void> {
  if (consumer === undefined) throw new Problem('not_found', `There is no consumer ${key}`);
  const { name, database } = consumer.context;
  /** Returns whether the key is new. */
  const claim = async (work: (tx: Tx) => Promise<void>): Promise<boolean> => {
    let isNew = false;
    await database.inTransaction((tx) => {
      isNew = false;
      return withIdempotency(tx, idempotency, async () => {
        await work(tx);
        isNew = true;
      });
    });
    return isNew;
  };
  const repeated = new Problem('conflict', 'This key has resumed it before');
  try {
    const resumed = await consumer.resume(async (detail) => {
      const action = { step: 'consumer-resumed', target: name, detail } as const;
      if (!(await claim((tx) => appendOperatorAction(tx, action, cause)))) throw repeated;
    });
    if (resumed) return;
  } catch (error) {
    if (error === repeated) return;
    throw error;
  }
  await claim(() => Promise.reject(new Problem('conflict', `${name} is not stopped`)));
}
