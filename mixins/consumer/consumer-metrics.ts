/** What the metrics show of the consumers of a service, and of its dead letters. */
import type { Database } from '#mixins/database/database.ts';
import type { Metrics } from '#mixins/metrics/metrics.ts';
import type { Consumer } from './consumer.ts';
import { countOpenByConsumer } from './dead-letters.store.ts';
import { runningOf } from './stats.ts';

export function addConsumerMetrics(
  metrics: Metrics,
  database: Database,
  consumers: readonly Consumer[],
): void {
  const names = consumers.map(({ context }) => context.name);
  metrics.add({
    name: `${database.service}-consumers`,
    labels: ['consumer'],
    metrics: {
      consumer_running: {
        type: 'gauge',
        help: 'Whether the consumer runs on this node; 0 also while it waits for a server',
      },
      consumer_stopped: {
        type: 'gauge',
        help: 'Whether the consumer has stopped itself and needs an operator',
      },
      consumer_lag_events: {
        type: 'gauge',
        help: 'Events of the stream that were not delivered to any node yet',
      },
      consumer_unacknowledged_events: {
        type: 'gauge',
        help: 'Events that were delivered to some node and not acknowledged yet',
      },
      consumer_events_total: { type: 'counter', help: 'Events that were handled on this node' },
      consumer_batches_total: { type: 'counter', help: 'Batches that were handled on this node' },
      consumer_redelivered_total: { type: 'counter', help: 'Handled events that had been delivered before' },
      consumer_retries_total: { type: 'counter', help: 'Attempts at a batch that were repeated' },
      consumer_dead_lettered_total: { type: 'counter', help: 'Events that became dead letters on this node' },
    },
    read: () =>
      Promise.all(
        consumers.map(async (consumer) => {
          const { state, pending, ackPending, ...counted } = await runningOf(consumer);
          return {
            labels: { consumer: counted.consumer },
            values: {
              consumer_running: Number(state === 'running'),
              consumer_stopped: Number(state === 'stopped'),
              consumer_lag_events: pending,
              consumer_unacknowledged_events: ackPending,
              consumer_events_total: counted.handled,
              consumer_batches_total: counted.batches,
              consumer_redelivered_total: counted.redelivered,
              consumer_retries_total: counted.retries,
              consumer_dead_lettered_total: counted.setAside,
            },
          };
        }),
      ),
  });
  metrics.add({
    name: `${database.service}-dead-letters`,
    labels: ['consumer'],
    metrics: {
      dead_letters_open: {
        type: 'gauge',
        help: 'Open dead letters of a consumer or loop; 10,000 of a service are counted at most',
      },
    },
    async read() {
      const open = await countOpenByConsumer(database);
      return [...new Set([...names, ...open.keys()])].map((consumer) => ({
        labels: { consumer },
        values: { dead_letters_open: open.get(consumer) ?? 0 },
      }));
    },
  });
}
