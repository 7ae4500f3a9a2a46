/** Helpers for the tests of this service: their own database, and delivered events. */
import { randomUUID } from 'node:crypto';
import type { Delivery } from '#mixins/consumer/definition.ts';
import type { Database } from '#mixins/database/database.ts';
import { DatabaseLifecycle } from '#mixins/database/lifecycle.ts';
import type { Envelope } from '#schemas/envelope.ts';
import type { Config } from '../../config.ts';
import { dropNamespace, testConfig } from '../../test/harness/config.ts';
import { insertRecords } from './record.store.ts';
import { recordOf } from './record.ts';

export interface TestLog {
  readonly config: Config;
  readonly database: Database;
  /** Records events in one batch, as the consumers do. Returns the number of new ones. */
  record(...deliveries: Delivery[]): Promise<number>;
  close(): Promise<void>;
}

/** The types whose events have whole states in these tests. */
export const STATES: ReadonlySet<string> = new Set(['toys.toy.changed.v1', 'toys.toy.changed.v2']);

export async function openLog(): Promise<TestLog> {
  const config = testConfig();
  const quiet = () => {};
  const lifecycle = new DatabaseLifecycle({
    config,
    service: 'audit',
    migrations: new URL('./migrations/', import.meta.url),
    log: { info: quiet, warn: quiet, error: quiet },
  });
  const database = await lifecycle.open();
  return {
    config,
    database,
    record: (...deliveries) =>
      database.inTransaction((tx) =>
        insertRecords(
          tx,
          deliveries.map((delivery) => recordOf(delivery, STATES)),
        ),
      ),
    async close() {
      await lifecycle.close();
      await dropNamespace(config);
    },
  };
}

export const MIA = '0195a000-0000-7000-8000-000000000001';

/** An event of an unknown service. */
export function delivery(
  subject: string,
  sequence: number,
  data: object = {},
  overrides: Partial<Omit<Envelope, 'type'>> & { readonly type?: string } = {},
): Delivery {
  return {
    id: randomUUID(),
    type: 'toys.toy.changed.v1',
    source: 'toys',
    subject,
    sequence,
    aggregateId: subject.slice(subject.lastIndexOf('/') + 1),
    time: new Date(Date.UTC(2026, 2, 1, 10, 0, sequence)),
    actorId: MIA,
    actorAddress: '192.0.2.7',
    correlationId: 'request-1',
    causationId: null,
    traceparent: null,
    data,
    ...overrides,
  } as Delivery;
}
