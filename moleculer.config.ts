/** The options of a node's broker, for Moleculer's runner (scripts/run-services.ts). */
import { basename } from 'node:path';
import type { BrokerOptions, ServiceBroker } from 'moleculer';
import { messageOf } from '#schemas/text.ts';
import { processConfig } from './config.ts';
import { brokerOptions, SHUTDOWN_TIMEOUT_MS } from './mixins/broker.ts';
import { hasSharedUser, variableOf, withUserOf } from './mixins/bus/nats-user.ts';
import { metricsListener } from './mixins/metrics/listener.middleware.ts';
import { noteMetrics } from './scripts/launcher/metrics-notes.ts';

/**
 * How long stopping may take, in milliseconds: running calls, then pools, consumers and
 * connections.
 */
const EXIT_DEADLINE_MS = SHUTDOWN_TIMEOUT_MS + 10_000;
/** Of this machine alone. */
const FREE_PORT = { host: '127.0.0.1', port: 0 };

/** The services of this process, whose files are its arguments. */
const services = process.argv
  .map((file) => basename(file))
  .flatMap((file) => (file.endsWith('.service.ts') ? [basename(file, '.service.ts')] : []));
const config = processConfig();

function warnOfSharedUser(broker: ServiceBroker): void {
  if (!hasSharedUser(config, services)) return;
  const variables = services.map(variableOf).join(', ');
  broker.logger.warn(
    `The user of NATS_URL has more permissions than these services need. Set their own URLs: ${variables} ` +
      '(npm run nats -- permissions)',
  );
}

/** Moleculer waits for stopping services without a limit, but a node that hangs must still end. */
function stopOnSignals(broker: ServiceBroker): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // Ctrl-C reaches the whole process group, and the launcher then sends another signal.
    if (stopping) return;
    stopping = true;
    broker.logger.info(`${signal}: stopping`);
    setTimeout(() => {
      broker.logger.error(`Not stopped within ${EXIT_DEADLINE_MS} ms: exiting`);
      process.exit(1);
    }, EXIT_DEADLINE_MS).unref();
    void broker.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Tools on this machine find the port in the data folder. A set address is known already. */
function metricsMiddleware() {
  const { metricsListen, dataDir } = config;
  if (metricsListen !== null) return metricsListener(metricsListen, () => () => {});
  return metricsListener(FREE_PORT, (url, log) => {
    try {
      return noteMetrics(dataDir, services, url);
    } catch (error) {
      log.warn(`The address of the metrics, ${url}, can't be noted in ${dataDir}: ${messageOf(error)}`);
      return () => {};
    }
  });
}

const options = brokerOptions(withUserOf(config, services));

export default {
  ...options,
  middlewares: [...(options.middlewares ?? []), metricsMiddleware()],
  created(broker: ServiceBroker) {
    stopOnSignals(broker);
    warnOfSharedUser(broker);
  },
} satisfies BrokerOptions;
