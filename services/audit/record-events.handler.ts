/** Records every event of a stream (AUD-1) once, in any order. */
import { type ConsumerDefinition, defineConsumer } from '#mixins/consumer/definition.ts';
import { insertRecords } from './record.store.ts';
import { recordOf } from './record.ts';

/** Each batch is one statement. It is larger than elsewhere, because nothing waits for it. */
const BATCH_SIZE = 1_000;
const EVERY_MS = 100;

/**
 * The durable `audit-<stream>`. It reads every type, including types that are newer than this
 * release. `states` are the types whose events have the whole state of their aggregate.
 */
export function recordConsumer(stream: string, states: ReadonlySet<string>): ConsumerDefinition {
  return defineConsumer({
    stream,
    order: 'keyed',
    reads: 'all',
    batchSize: BATCH_SIZE,
    everyMs: EVERY_MS,
    handle: async (batch, tx) => {
      await insertRecords(
        tx,
        batch.map((delivery) => recordOf(delivery, states)),
      );
    },
  });
}
