/**
 * Runs the consumers that a service declares, with internal actions for operators and the
 * dead-letter routes.
 */
import type { ActionSchema, Service, ServiceSchema } from 'moleculer';
import type { Database } from '#mixins/database/database.ts';
import { defineMixin } from '#mixins/define-service.ts';
import type { RequestContext } from '#mixins/identity/identity.ts';
import { causeBy, OPERATOR, operatorAction } from '#mixins/identity/operator.ts';
import { causeOf } from '#mixins/identity/request.ts';
import type { LifecycleHooks } from '#mixins/lifecycle.middleware.ts';
import type { Loops } from '#mixins/loops/loops.ts';
import { appendOperatorAction } from '#mixins/outbox/append.ts';
import { platformOf } from '#mixins/platform.ts';
import { isUnavailable } from '#mixins/unavailable.middleware.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import { DEFAULT_PAGE_SIZE, id, line, MAX_PAGE_SIZE, optional, type ParamsOf } from '#schemas/params.ts';
import { messageOf } from '#schemas/text.ts';
import { Consumer } from './consumer.ts';
import {
  type DeadLetter,
  type DeadLetterDetail,
  findDeadLetter,
  listDeadLetters,
} from './dead-letters.store.ts';
import { type DeadLetterSource, discard, redrive } from './dead-letters.ts';
import { type ConsumerSettings, consumersIn } from './definition.ts';
import { type ConsumerStats, statsOf } from './stats.ts';

export interface ConsumerMixinOptions {
  /** Limits that differ from the defaults, such as shorter ones for tests. */
  readonly settings?: Partial<ConsumerSettings>;
}

interface ConsumerService extends Service, LifecycleHooks {
  readonly database: Database;
  readonly loops: Loops;
  /** The consumers of this node, by their keys. */
  liveConsumers: ReadonlyMap<string, Consumer> | undefined;
  deadLetterSource: DeadLetterSource;
}

const LIST = {
  status: { type: 'enum', values: ['open', 'redriven', 'discarded'], optional: true },
  before: optional({ type: 'object', props: { at: { type: 'number', min: 0 }, id: id() } }),
  // One more than a page has: it shows whether there is a next page.
  limit: { type: 'number', integer: true, min: 1, max: MAX_PAGE_SIZE + 1, default: DEFAULT_PAGE_SIZE },
} as const;
const GET = { id: id() };
const REDRIVE = { id: id() };
const DISCARD = { id: id(), reason: line(1, 500) };

/**
 * For a service with `databaseMixin` and `outboxMixin`. Its durables are `<service>-<key>`. The
 * service does not start without a database.
 */
export function consumerMixin(options: ConsumerMixinOptions = {}): Partial<ServiceSchema> {
  return defineMixin<ConsumerService>({
    actions: {
      'operator.consumers.stats': operatorAction({
        handler(): Promise<ConsumerStats[]> {
          return Promise.all([...(this.liveConsumers?.values() ?? [])].map(statsOf));
        },
      }),
      'operator.consumers.resume': operatorAction({
        params: { key: line(1, 100), by: OPERATOR },
        handler(ctx): Promise<void> {
          return resumeConsumer(this.liveConsumers?.get(ctx.params.key), ctx.params.key, causeBy(ctx));
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
          return redriveDeadLetter(this, ctx.params.id, causeBy(ctx));
        },
      }),
      'operator.deadLetters.discard': operatorAction({
        params: { ...DISCARD, by: OPERATOR },
        handler(ctx): Promise<DeadLetter> {
          return discard(this.deadLetterSource, ctx.params.id, causeBy(ctx), ctx.params.reason);
        },
      }),
      'deadLetters.list': adminAction({
        params: LIST,
        handler(ctx): Promise<DeadLetter[]> {
          return listDeadLetters(this.database, ctx.params);
        },
      }),
      'deadLetters.get': adminAction({
        params: GET,
        handler(ctx): Promise<DeadLetterDetail> {
          return readDeadLetter(this.database, ctx.params.id);
        },
      }),
      'deadLetters.redrive': adminAction({
        params: REDRIVE,
        handler(ctx): Promise<DeadLetter> {
          return redriveDeadLetter(this, ctx.params.id, causeOf(ctx));
        },
      }),
      'deadLetters.discard': adminAction({
        params: DISCARD,
        handler(ctx): Promise<DeadLetter> {
          return discard(this.deadLetterSource, ctx.params.id, causeOf(ctx), ctx.params.reason);
        },
      }),
    },
    methods: {
      startConsumers(): void {
        const { database, logger, loops, name: service } = this;
        if (database === undefined) throw new Error(`${service} has consumers but no databaseMixin`);
        const { settings } = options;
        const platform = platformOf(this.broker);
        const consumers = new Map(
          Object.entries(consumersIn(platform.config.product, this.schema.consumers ?? {})).map(
            ([key, definition]) => [
              key,
              new Consumer({ service, key, definition, database, platform, logger, settings }),
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
      },
      async stopConsumers(): Promise<void> {
        await Promise.all([...(this.liveConsumers?.values() ?? [])].map((consumer) => consumer.stop()));
      },
    },
  });
}

/** For the dead-letter routes. Their service passes on the admin's token, which is checked here. */
function adminAction<This, const Rules extends object>(action: {
  readonly params: Rules;
  handler(this: This, ctx: RequestContext<ParamsOf<Rules>>): unknown;
}): ActionSchema<This> {
  return { visibility: 'public', access: ['admin'], ...action, params: { $$strict: true, ...action.params } };
}

/**
 * Appends the event of the operator action, then resumes a stopped consumer of this node. Throws
 * `not_found` for an unknown one, `conflict` for one that is not stopped.
 */
async function resumeConsumer(consumer: Consumer | undefined, key: string, cause: Cause): Promise<void> {
  if (consumer === undefined) throw new Problem('not_found', `There is no consumer ${key}`);
  const { name, database } = consumer.context;
  const resumed = await consumer.resume((detail) =>
    database.inTransaction((tx) =>
      appendOperatorAction(tx, { step: 'consumer-resumed', target: name, detail }, cause),
    ),
  );
  if (!resumed) throw new Problem('conflict', `${name} is not stopped`);
}

/** Throws `not_found`. */
async function readDeadLetter(database: Database, letterId: string): Promise<DeadLetterDetail> {
  // On the primary: the caller may have settled it just now, or decides by its status whether to.
  const letter = await findDeadLetter(database.newest, letterId);
  if (letter === undefined) throw new Problem('not_found');
  return letter;
}

async function redriveDeadLetter(
  service: ConsumerService,
  letterId: string,
  cause: Cause,
): Promise<DeadLetter> {
  try {
    return await redrive(service.deadLetterSource, letterId, cause);
  } catch (error) {
    if (error instanceof Problem || isUnavailable(error)) throw error;
    // The dead letter stays open and has the same text.
    throw new Problem('redrive_failed', messageOf(error));
  }
}
