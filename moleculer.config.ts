/** The options of a node's broker, for Moleculer's runner (scripts/run-services.ts). */
import type { BrokerOptions, ServiceBroker } from 'moleculer';
import { processConfig } from './config.ts';
import { brokerOptions, SHUTDOWN_TIMEOUT_MS } from './mixins/broker.ts';

/** Stopping may take this long, in milliseconds: running calls, then pools, consumers and connections. */
const EXIT_DEADLINE_MS = SHUTDOWN_TIMEOUT_MS + 10_000;

/** Moleculer waits without an end for services that stop; a node that hangs must still end. */
function stopOnSignals(broker: ServiceBroker): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // Ctrl-C reaches the whole process group, and the launcher then asks again.
    if (stopping) return;
    stopping = true;
    broker.logger.info(`${signal}: stopping`);
    setTimeout(() => {
      broker.logger.error(`Not stopped within ${EXIT_DEADLINE_MS} ms: leaving`);
      process.exit(1);
    }, EXIT_DEADLINE_MS).unref();
    void broker.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

export default { ...brokerOptions(processConfig()), created: stopOnSignals } satisfies BrokerOptions;
