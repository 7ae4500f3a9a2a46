/** Loops: the state of all services' background work. */
import type { LoopStats } from '#mixins/loops/loops.ts';
import { chosenServices, lookAt, type Seen, stateText } from '#mixins/repl/cluster.ts';
import { type Command, type Printer, timeText } from '#mixins/repl/command.ts';

export const loops: Command = {
  command: 'loops [service]',
  description: 'Loops of all nodes: which get on, and which are stalled, why and since when',
  place: 30,
  async run(cluster, { operands }, print) {
    const services = chosenServices(cluster, 'loops.stats', [], operands[0]);
    const { seen, silent } = await lookAt<LoopStats>(cluster, services, 'loops.stats');
    const byName = Map.groupBy(seen, ({ stats }) => stats.loop);
    const names = [...byName.keys()].sort();
    const rows = names.map((name) => rowOf(name, byName.get(name) ?? []));
    print.table(['Loop', 'State', 'Nodes'], rows, 'No node with loops answers.');
    for (const name of names) for (const each of byName.get(name) ?? []) tell(each, print);
    for (const line of silent) print.line(line);
    if (silent.length > 0) print.failed();
  },
};

function rowOf(name: string, nodes: readonly Seen<LoopStats>[]): string[] {
  const states = nodes.map(({ stats }) => stats.state);
  return [name, stateText(states, ['stalled', 'waiting', 'working', 'idle']), String(nodes.length)];
}

function tell({ node, stats: { loop, reason, since } }: Seen<LoopStats>, print: Printer): void {
  if (reason !== null) print.line(`${loop} makes no progress on ${node} since ${timeText(since)}: ${reason}`);
}
