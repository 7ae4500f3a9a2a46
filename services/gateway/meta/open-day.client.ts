/** Asks the service that keeps the business days for the open one. */
import type { ServiceBroker } from 'moleculer';
import { type BusinessDay, calendarOf } from '#mixins/calendar.ts';
import { platformOf } from '#mixins/platform.ts';
import { registryOf } from '#mixins/registry.ts';
import { OpenDays } from './open-day.ts';

const ACTION = 'openDay';
/** The actions that the gateway calls, as its permissions name them. */
export const OPEN_DAY_ACTIONS = `*.${ACTION}`;
/** The longest that a client waits for it, in milliseconds. */
const ANSWER_WITHIN_MS = 500;

/** The service is found by its action, because a product may have another one, or none. */
export function openDays(broker: ServiceBroker, services: readonly string[]): OpenDays {
  const actions = services.map((service) => `${service}.${ACTION}`);
  return new OpenDays({
    calendar: calendarOf(platformOf(broker).config),
    async ask() {
      const action = actions.find((each) => registryOf(broker).isServed(each));
      if (action === undefined) return undefined;
      return (
        (await broker.call<BusinessDay | null, object>(action, {}, { timeout: ANSWER_WITHIN_MS })) ??
        undefined
      );
    },
  });
}
