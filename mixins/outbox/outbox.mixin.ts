/** Runs the relay of a service: what its handlers append with `appendEvents` is published after the commit. */
import type { Service, ServiceSchema } from 'moleculer';
import type { Database } from '../database/database.ts';
import { platformOf } from '../platform.ts';
import { RelayLoop } from './relay-loop.ts';
import { type OutboxStats, outboxStats } from './stats.ts';

/** What a service has through this mixin. */
export interface OutboxMethods {
  /** Backlog, age of its oldest event, events that were set aside. */
  outboxStats(): Promise<OutboxStats>;
}

interface OutboxService extends OutboxMethods {
  readonly database: Database | undefined;
  relayLoop: RelayLoop | undefined;
}

/**
 * Stands after `databaseMixin` in the service's list of mixins. The relay starts before consumers do and stops after them, so that what
 * they append in the end leaves as well; the database opens before and closes after it.
 */
export function outboxMixin(): Partial<ServiceSchema> {
  async function started(this: Service): Promise<void> {
    const service = this as unknown as OutboxService;
    const { bus, config } = platformOf(this.broker);
    service.relayLoop = new RelayLoop({
      database: databaseOf(service),
      bus,
      log: this.logger,
      keepDays: config.outboxKeepDays,
    });
    service.relayLoop.start();
  }

  async function stopped(this: Service): Promise<void> {
    await (this as unknown as OutboxService).relayLoop?.stop();
  }

  const lifecycle = {
    started,
    stopped,
    // Moleculer starts the last mixin of a list first, and calls these hooks in that order too: the database's goes before us then.
    merged(schema: ServiceSchema) {
      schema.started = first(started, schema.started);
      schema.stopped = first(stopped, schema.stopped);
    },
  };
  return {
    ...lifecycle,
    methods: {
      outboxStats(this: OutboxService): Promise<OutboxStats> {
        return outboxStats(databaseOf(this));
      },
    },
  };
}

type Hooks = NonNullable<ServiceSchema['started']>;

/** Moleculer runs `stopped` hooks from last to first. */
function first(ours: (this: Service) => Promise<void>, hooks: Hooks | undefined): Hooks {
  return [ours, ...[hooks ?? []].flat().filter((hook) => hook !== ours)];
}

function databaseOf(service: OutboxService): Database {
  if (service.database === undefined) {
    throw new Error(
      'outboxMixin stands before databaseMixin in the list of mixins, which starts from its end',
    );
  }
  return service.database;
}
