/** Joins a running system as a node without services. */
import { setTimeout as delay } from 'node:timers/promises';
import { type BrokerOptions, ServiceBroker } from 'moleculer';
import { brokerOptions } from '#mixins/broker.ts';
import { registryOf } from '#mixins/registry.ts';
import type { Config, LogLevel } from '../../config.ts';
import { assertSystem } from '../launcher/assert-system.ts';
import { LaunchError } from '../launcher/launch-error.ts';

/**
 * Time limit of connecting, in milliseconds. NATS has just answered, but the machine may be busy.
 */
const CONNECT_WITHIN_MS = 20_000;
/** How long the first node of the system may then take to appear, in milliseconds. */
const FOUND_WITHIN_MS = 5_000;
/** How long the other nodes may take after the first, in milliseconds. */
const OTHERS_WITHIN_MS = 2_000;
/** How long leaving may take, in milliseconds. */
const STOP_WITHIN_MS = 2_000;
const LOOK_MS = 50;

/** The available services, by name, and their nodes. */
export function whoIsThere(broker: ServiceBroker): { services: string[]; nodes: number } {
  const list = registryOf(broker).services();
  return {
    services: [...new Set(list.map(({ name }) => name))].sort(),
    nodes: new Set(list.map(({ nodeID }) => nodeID)).size,
  };
}

/**
 * Resolves when the `expected` services are available, or when no more appear in time. It makes
 * nothing in NATS. Throws a `LaunchError` when NATS does not answer, holds no such system, or no
 * node of the system answers.
 */
export async function join(config: Config, expected: readonly string[]): Promise<ServiceBroker> {
  await assertSystem(config);
  const broker = new ServiceBroker(quietly(brokerOptions(config, { observer: true }), config.logLevel));
  const started = broker.start().then(() => true);
  const connected = await Promise.race([started, delay(CONNECT_WITHIN_MS, false, { ref: false })]);
  if (!connected || !(await areThere(broker, expected))) {
    // After an orderly stop, other nodes do not report this one as missing.
    await Promise.race([broker.stop(), delay(STOP_WITHIN_MS, undefined, { ref: false })]);
    throw new LaunchError(
      `NATS answers, but no node of the system ${config.namespace}. Start it (npm start), or set NAMESPACE.`,
    );
  }
  return broker;
}

/**
 * At `warn`, the default here, the log only reports a loss of NATS between prompts. Commands print
 * their own errors.
 */
function quietly(options: BrokerOptions, level: LogLevel): BrokerOptions {
  if (level !== 'warn') return options;
  const levels = { BUS: 'warn', '**': 'error' };
  return { ...options, logger: { type: 'Console', options: { level: levels, formatter: 'full' } } };
}

/** Whether any node has appeared in time. Waits for the others a little longer. */
async function areThere(broker: ServiceBroker, expected: readonly string[]): Promise<boolean> {
  const begun = performance.now();
  for (let firstAt = Number.POSITIVE_INFINITY; ; await delay(LOOK_MS)) {
    const { services } = whoIsThere(broker);
    const now = performance.now();
    if (services.length > 0) firstAt = Math.min(firstAt, now);
    if (services.length > 0 && expected.every((name) => services.includes(name))) return true;
    if (now - firstAt > OTHERS_WITHIN_MS) return true;
    if (services.length === 0 && now - begun > FOUND_WITHIN_MS) return false;
  }
}
