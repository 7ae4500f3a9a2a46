/** Merges what the nodes of the system report. Pure. */
import type { ConsumerStats } from '#mixins/consumer/stats.ts';
import type { LoopStats } from '#mixins/loops/loops.ts';
import type { OutboxStats } from '#mixins/outbox/maintenance.ts';
import type { MailStats, SystemHealth } from '#schemas/answers/system.ts';

/** What one node of a service reports. */
export interface NodeReport {
  readonly consumers: readonly ConsumerStats[];
  readonly loops: readonly LoopStats[];
}

/** What a service reports. */
export interface ServiceReport {
  readonly service: string;
  readonly nodes: readonly NodeReport[];
  /** Nodes that did not answer in time. */
  readonly silent: number;
  /** Null if the service has none, or did not answer. */
  readonly outbox: OutboxStats | null;
  readonly mails: MailStats | null;
}

type ConsumerHealth = SystemHealth['consumers'][number];
type LoopHealth = SystemHealth['loops'][number];

/** From the worst to the best. */
const CONSUMER_STATES = ['stopped', 'waiting', 'closed', 'running'] as const;
const LOOP_STATES = ['stalled', 'waiting', 'working', 'idle'] as const;

export function mergeReports(reports: readonly ServiceReport[], at: Date): SystemHealth {
  return {
    at: at.toISOString(),
    services: reports.map(({ service, nodes, silent }) => ({ name: service, nodes: nodes.length, silent })),
    consumers: reports.flatMap(consumersOf).sort(byState(CONSUMER_STATES, ({ pending }) => pending ?? 0)),
    loops: reports.flatMap(loopsOf).sort(byState(LOOP_STATES, () => 0)),
    outboxes: reports.flatMap(({ service, outbox }) =>
      outbox === null
        ? []
        : [
            {
              service,
              waiting: outbox.backlog,
              oldestSeconds: outbox.oldestSeconds,
              refused: outbox.refused,
            },
          ],
    ),
    mails: reports.find(({ mails }) => mails !== null)?.mails ?? null,
    missing: reports.filter(({ nodes }) => nodes.length === 0).map(({ service }) => service),
  };
}

interface Named {
  readonly name: string;
  readonly state: string;
}

/** The worst state first, then the higher `amount`, then by name. */
function byState<Item extends Named>(states: readonly string[], amount: (item: Item) => number) {
  return (a: Item, b: Item): number =>
    states.indexOf(a.state) - states.indexOf(b.state) || amount(b) - amount(a) || (a.name < b.name ? -1 : 1);
}

/** The report with the worst state. */
function worstOf<Stats extends { readonly state: string }>(
  all: readonly Stats[],
  states: readonly Stats['state'][],
): Stats | undefined {
  return all.toSorted((a, b) => states.indexOf(a.state) - states.indexOf(b.state))[0];
}

function consumersOf({ service, nodes }: ServiceReport): ConsumerHealth[] {
  const byName = Map.groupBy(
    nodes.flatMap(({ consumers }) => consumers),
    ({ consumer }) => consumer,
  );
  return [...byName].flatMap(([name, all]) => {
    const worst = worstOf(all, CONSUMER_STATES);
    if (worst === undefined) return [];
    // These are the same on every node that has asked NATS or the database.
    const shared = (read: (stats: ConsumerStats) => number | null) =>
      all.map(read).find((value) => value !== null) ?? null;
    return [
      {
        name,
        service,
        state: worst.state,
        reason: worst.reason,
        stoppedAt: worst.stoppedAt,
        pending: shared(({ pending }) => pending),
        ackPending: shared(({ ackPending }) => ackPending),
        redeliveredPending: shared(({ redeliveredPending }) => redeliveredPending),
        eventsPerSecond: all.reduce((sum, { eventsPerSecond }) => sum + eventsPerSecond, 0),
        deadLetters: shared(({ deadLetters }) => deadLetters),
        nodes: all.length,
      },
    ];
  });
}

function loopsOf({ service, nodes }: ServiceReport): LoopHealth[] {
  const byName = Map.groupBy(
    nodes.flatMap(({ loops }) => loops),
    ({ loop }) => loop,
  );
  return [...byName].flatMap(([name, all]) => {
    const worst = worstOf(all, LOOP_STATES);
    if (worst === undefined) return [];
    const { state, reason, since } = worst;
    return [{ name, service, state, reason, since, nodes: all.length }];
  });
}
