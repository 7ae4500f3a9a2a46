/** Consumers: their state on all nodes, and resuming those that stopped. */
import type { ConsumerStats } from '#mixins/consumer/stats.ts';
import {
  type Cluster,
  chosenServices,
  type Look,
  lookAt,
  type Seen,
  stateText,
} from '#mixins/repl/cluster.ts';
import { type Command, type Printer, timeText } from '#mixins/repl/command.ts';
import { Refusal } from '#mixins/repl/explain.ts';
import { servicesWithDeadLetters } from '#schemas/dead-letter.ts';
import { loadProductEvents } from '#schemas/load.ts';

async function look(cluster: Cluster, named: string | undefined): Promise<Look<ConsumerStats>> {
  const known = servicesWithDeadLetters(await loadProductEvents(cluster.config.product));
  const services = chosenServices(cluster, 'consumers.stats', known, named);
  return await lookAt(cluster, services, 'consumers.stats');
}

export const consumers: Command = {
  command: 'consumers [service]',
  description: 'Consumers of all nodes: state, lag, events a second, dead letters',
  place: 10,
  async run(cluster, { operands }, print) {
    const { seen, silent } = await look(cluster, operands[0]);
    const byName = Map.groupBy(seen, ({ stats }) => stats.consumer);
    const names = [...byName.keys()].sort();
    const rows = names.map((name) => rowOf(byName.get(name) ?? []));
    print.table(
      ['Consumer', 'State', 'Lag', 'In work', 'Again', 'Rate', 'Dead letters', 'Nodes'],
      rows,
      'No node with consumers answers.',
    );
    for (const name of names) for (const each of byName.get(name) ?? []) tell(each, print);
    for (const line of silent) print.line(line);
    if (silent.length > 0) print.failed();
  },
};

/** Lag and dead letters are the same on every node. States and rates differ. */
function rowOf(nodes: readonly Seen<ConsumerStats>[]): string[] {
  const all = nodes.map(({ stats }) => stats);
  const number = (read: (stats: ConsumerStats) => number | null) =>
    String(all.map(read).find((value) => value !== null) ?? '?');
  const rate = all.reduce((sum, { eventsPerSecond }) => sum + eventsPerSecond, 0);
  return [
    all[0]?.consumer ?? '',
    stateOf(all),
    number(({ pending }) => pending),
    number(({ ackPending }) => ackPending),
    number(({ redeliveredPending }) => redeliveredPending),
    rate.toFixed(1),
    number(({ deadLetters }) => deadLetters),
    String(all.length),
  ];
}

const stateOf = (all: readonly ConsumerStats[]): string =>
  stateText(
    all.map(({ state }) => state),
    ['stopped', 'waiting', 'closed', 'running'],
  );

function tell({ node, stats }: Seen<ConsumerStats>, print: Printer): void {
  if (stats.state === 'stopped') {
    print.line(`${stats.consumer} stopped at ${timeText(stats.stoppedAt)} on ${node}: ${stats.reason}`);
    print.line(`  Mend the cause, then: resume ${stats.consumer}`);
  } else if (stats.state === 'waiting') {
    print.line(`${stats.consumer} waits on ${node}: ${stats.reason}`);
  }
}

/**
 * A consumer on the nodes that run it. `silent` are nodes of its service that did not answer.
 * Throws a `Refusal` for a consumer that no node has.
 */
export async function findConsumer(
  cluster: Cluster,
  name: string,
): Promise<{ service: string; nodes: readonly Seen<ConsumerStats>[]; silent: readonly string[] }> {
  const { seen, silent } = await look(cluster, undefined);
  const nodes = seen.filter(({ stats }) => stats.consumer === name);
  const [first] = nodes;
  if (first === undefined) {
    const known = [...new Set(seen.map(({ stats }) => stats.consumer))].sort();
    const there = known.length === 0 ? '' : ` There are: ${known.join(', ')}.`;
    const away = silent.length === 0 ? '' : ` Who did not answer may have it: ${silent.join('; ')}`;
    throw new Refusal(`No node that answers has a consumer ${name}.${there}${away}`);
  }
  const { service } = first;
  return { service, nodes, silent: silent.filter((line) => line.startsWith(`${service} on `)) };
}

export const resume: Command = {
  command: 'resume <consumer>',
  description: 'Let a consumer go on that stopped itself, on all nodes where it has',
  place: 20,
  async run(cluster, { operands: [name = ''] }, print) {
    const { nodes, silent } = await findConsumer(cluster, name);
    const stopped = nodes.filter(({ stats }) => stats.state === 'stopped');
    if (stopped.length === 0)
      print.line(`${name} is ${stateOf(nodes.map(({ stats }) => stats))}: there is nothing to resume`);
    for (const { node, service } of stopped) {
      await cluster.act(service, 'consumers.resume', { key: name.slice(service.length + 1) }, node);
      print.line(`${name} goes on on ${node}`);
    }
    for (const line of silent) print.line(line);
    if (silent.length > 0) print.failed();
  },
};
