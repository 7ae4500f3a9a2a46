/** What the metrics show of the gateway's connections. */
import type { Server } from 'node:http';
import { promisify } from 'node:util';
import type { MetricSource } from '#mixins/metrics/metrics.ts';

type Name = 'http_connections' | 'event_stream_readers';

export function connectionMetrics(server: Server, feeds: { readonly readers: number }): MetricSource<Name> {
  const count = promisify(server.getConnections.bind(server));
  return {
    name: 'gateway-connections',
    metrics: {
      http_connections: { type: 'gauge', help: 'Open connections of clients' },
      event_stream_readers: { type: 'gauge', help: 'Open streams of server-sent events' },
    },
    async read() {
      return [{ values: { http_connections: await count(), event_stream_readers: feeds.readers } }];
    },
  };
}
