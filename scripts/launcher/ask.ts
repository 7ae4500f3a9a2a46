/**
 * For commands that ask the running nodes of a service. The command joins as a node without
 * services.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '#mixins/broker.ts';
import { isOutcomeUnknown, isProblem, isUnanswered } from '#schemas/errors.ts';
import type { Config } from '../../config.ts';
import { located } from './addresses.ts';
import { assertSystem } from './assert-system.ts';
import { LaunchError } from './launch-error.ts';

/** How long a node of the service may take to show up, in milliseconds. */
const FOUND_WITHIN_MS = 15_000;

/**
 * Joins the system, waits for a node of the service and runs the work. Throws `LaunchError` where
 * there is no system, or no such node.
 */
export async function askService<Result>(
  config: Config,
  service: string,
  work: (broker: ServiceBroker) => Promise<Result>,
): Promise<Result> {
  const system = located(config);
  await assertSystem(system);
  // The command reports errors itself, by text and exit status.
  const broker = new ServiceBroker(brokerOptions({ ...system, logLevel: 'fatal' }, { observer: true }));
  const started = broker.start().then(() => broker.waitForServices(service, FOUND_WITHIN_MS));
  const found = await Promise.race([started.then(() => true), delay(FOUND_WITHIN_MS, false)]).catch(
    () => false,
  );
  if (!found) throw new LaunchError(`No node of ${service} answered within ${FOUND_WITHIN_MS / 1_000} s`);
  try {
    return await work(broker);
  } finally {
    await broker.stop();
  }
}

/** The answer of an action. Undefined while no node answers. */
export async function look<Result>(
  broker: ServiceBroker,
  action: string,
  params: object = {},
): Promise<Result | undefined> {
  try {
    return await broker.call<Result, object>(action, params);
  } catch (error) {
    const mayPass = isUnanswered(error) || isOutcomeUnknown(error) || isProblem(error, 'service_unavailable');
    if (mayPass) return undefined;
    throw error;
  }
}
