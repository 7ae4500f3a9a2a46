/** What is wrong with a system, in lines for an operator. Pure. */
import type { CauseItem } from '#mixins/consumer/all-causes.ts';
import type { SystemHealth } from '#schemas/answers/system.ts';
import { type Condition, durationText } from './condition.ts';

/** As in the alerts about lags and outboxes. */
const MOST_LAG_EVENTS = 10_000;
const PUBLISHED_WITHIN_SECONDS = 60;

/** One line for each thing that is wrong; the worst come first. None for a healthy system. */
export function troublesOf(
  health: SystemHealth,
  conditions: readonly Condition[],
  causes: readonly CauseItem[],
): string[] {
  const { services, missing, consumers, loops, outboxes } = health;
  return [
    ...missing.map((name) => `No node of ${name} answers. Start one: npm run node -- ${name}`),
    ...services
      .filter(({ nodes, silent }) => nodes > 0 && silent > 0)
      .map(({ name, nodes, silent }) => `${silent} of ${nodes + silent} nodes of ${name} do not answer`),
    ...consumers.filter(({ state }) => state !== 'running').map(stillConsumer),
    ...loops
      .filter(({ state }) => state === 'stalled')
      .map(({ name, reason, since }) => `${name} is stalled since ${since}: ${reason}. See: loops`),
    ...outboxes
      .filter(({ oldestSeconds }) => oldestSeconds > PUBLISHED_WITHIN_SECONDS)
      .map(
        ({ service, waiting, oldestSeconds }) =>
          `${waiting} events of ${service} are not published, the oldest for ${durationText(oldestSeconds)}. See: outboxes`,
      ),
    ...conditions.flatMap(({ troubles }) => troubles),
    ...outboxes
      .filter(({ refused }) => refused > 0)
      .map(({ service, refused }) => `NATS refused ${refused} events of ${service}. See: refused ${service}`),
    ...deadLettersIn(causes),
    ...consumers
      .filter(({ pending }) => pending !== null && pending > MOST_LAG_EVENTS)
      .map(({ name, pending }) => `${name} is ${pending} events behind. See: consumers`),
  ];
}

/** Also those of loops, which `health` does not count. */
function deadLettersIn(causes: readonly CauseItem[]): string[] {
  const byConsumer = Map.groupBy(causes, ({ consumer }) => consumer);
  return [...byConsumer].map(([consumer, all]) => {
    const count = all.reduce((sum, cause) => sum + cause.count, 0);
    const more = all.some(({ capped }) => capped) ? ' or more' : '';
    const codes = [...new Set(all.map(({ code }) => code))].join(', ');
    return `${consumer} has ${count}${more} dead letters (${codes}). See: dead-letters ${all[0]?.service}`;
  });
}

function stillConsumer({ name, state, reason, stoppedAt }: SystemHealth['consumers'][number]): string {
  switch (state) {
    case 'stopped':
      return `${name} stopped at ${stoppedAt}: ${reason}. Mend the cause, then: resume ${name}`;
    case 'waiting':
      return `${name} waits: ${reason}. See: consumers`;
    default:
      return `${name} is ${state}. See: consumers`;
  }
}
