/** What the metrics show of an outbox and of its relay on this node. */
import type { Database } from '#mixins/database/database.ts';
import type { Metrics } from '#mixins/metrics/metrics.ts';
import { outboxStats } from './maintenance.ts';
import type { RelayLoop } from './relay-loop.ts';

export function addOutboxMetrics(metrics: Metrics, database: Database, relay: RelayLoop): void {
  const { service } = database;
  metrics.add({
    name: `${service}-outbox`,
    labels: ['service'],
    metrics: {
      outbox_backlog_events: { type: 'gauge', help: 'Events that are not published yet, 100,000 at most' },
      outbox_age_seconds: {
        type: 'gauge',
        help: 'Age of the oldest event that is not published; 0 without any',
      },
      outbox_refused_events: { type: 'gauge', help: 'Events that the broker refused for good' },
    },
    async read() {
      const { backlog, oldestSeconds, refused } = await outboxStats(database);
      const values = {
        outbox_backlog_events: backlog,
        outbox_age_seconds: oldestSeconds,
        outbox_refused_events: refused,
      };
      return [{ labels: { service }, values }];
    },
  });
  metrics.add({
    name: `${service}-relay`,
    labels: ['service'],
    metrics: {
      relay_published_total: { type: 'counter', help: 'Events that the relay of this node has published' },
      relay_failing_streams: {
        type: 'gauge',
        help: 'Streams that took no events of this node at the last attempt',
      },
    },
    read: () => [
      {
        labels: { service },
        values: { relay_published_total: relay.published, relay_failing_streams: relay.failing.length },
      },
    ],
  });
}
