/** Takes down every event of a stream (AUD-1), once, whatever the order. */
import { type ConsumerDefinition, defineConsumer } from '#mixins/consumer/definition.ts';
import { insertRecords } from './record.store.ts';
import { recordOf } from './record.ts';

/** One statement each; larger batches than elsewhere, as nothing waits for this. */
const BATCH_SIZE = 1_000;

/**
 * The durable `audit-<stream>`. It reads every type, also those that nobody knew when this was released. `states`: types whose events
 * carry the whole state of their aggregate.
 */
export function recordConsumer(stream: string, states: ReadonlySet<string>): ConsumerDefinition {
  return defineConsumer({
    stream,
    order: 'keyed',
    reads: 'all',
    batchSize: BATCH_SIZE,
    handle: async (batch, tx) => {
      await insertRecords(
        tx,
        batch.map((delivery) => recordOf(delivery, states)),
      );
    },
  });
}
