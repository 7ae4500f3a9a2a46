/** Answers `/metrics` at a port of the node itself, whatever services it runs. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Middleware } from 'moleculer';
import type { Log } from '#mixins/log.ts';
import type { ListenAddress } from '../../settings.ts';
import { metricsOf } from './metrics.ts';

/** Some readers at a time; more would only be a mistake or an attack. */
const MAX_CONNECTIONS = 20;
/** How long a client may take to send its request, in milliseconds. */
const REQUEST_MS = 5_000;

/**
 * Listens from the moment in which all services have started until they stop. `onListening` gets
 * the address, and returns what is to be done at the end. Throws (and the node does not start) if
 * the port is taken.
 */
export function metricsListener(
  listen: ListenAddress,
  onListening: (url: string, log: Log) => () => void,
): Middleware {
  let server: Server | undefined;
  let end = () => {};
  return {
    name: 'MetricsListener',
    async started(broker) {
      const metrics = metricsOf(broker);
      const { reporter } = metrics;
      if (reporter === null) return;
      const listening = createServer({ requestTimeout: REQUEST_MS }, (req, res) => {
        // The reporter answers 404 to other paths.
        void metrics.refresh().then(() => reporter.handler(req, res));
      });
      listening.maxConnections = MAX_CONNECTIONS;
      await new Promise<void>((resolve, reject) => {
        listening.once('error', reject).listen(listen.port, listen.host, resolve);
      });
      server = listening;
      const { address, family, port } = listening.address() as AddressInfo;
      end = onListening(
        `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/metrics`,
        broker.logger,
      );
    },
    stopping() {
      end();
      server?.close();
      server?.closeAllConnections();
      return Promise.resolve();
    },
  };
}
