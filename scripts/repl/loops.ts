/** Loops: how the background work of all services gets on. */
import type { LoopStats } from '../../mixins/loops/loops.ts';
import { type Cluster, chosenServices } from './cluster.ts';
import { type Command, type Printer, timeText } from './command.ts';
import { explain } from './explain.ts';

/** A loop on one node. */
interface Seen {
  readonly node: string;
  readonly stats: LoopStats;
}

interface Look {
  readonly seen: readonly Seen[];
  /** Nodes that did not answer, in words. */
  readonly silent: readonly string[];
}

async function look(cluster: Cluster, named: string | undefined): Promise<Look> {
  const seen: Seen[] = [];
  const silent: string[] = [];
  await Promise.all(
    chosenServices(cluster, 'loops.stats', [], named).map(async (service) => {
      for (const answer of await cluster.askAll<LoopStats[]>(service, 'loops.stats')) {
        if ('error' in answer) silent.push(`${service} on ${answer.node}: ${explain(answer.error)}`);
        else seen.push(...answer.result.map((stats) => ({ node: answer.node, stats })));
      }
    }),
  );
  return { seen, silent: silent.sort() };
}

export const loops: Command = {
  command: 'loops [service]',
  description: 'Loops of all nodes: which get on, and which are stalled, why and since when',
  async run(cluster, { operands }, print) {
    const { seen, silent } = await look(cluster, operands[0]);
    const byName = Map.groupBy(seen, ({ stats }) => stats.loop);
    const names = [...byName.keys()].sort();
    const rows = names.map((name) => rowOf(name, byName.get(name) ?? []));
    print.table(['Loop', 'State', 'Nodes'], rows, 'No node with loops answers.');
    for (const name of names) for (const each of byName.get(name) ?? []) tell(each, print);
    for (const line of silent) print.line(line);
  },
};

/** The worst state that a node is in, with the number of nodes in it where not all are. */
function rowOf(name: string, nodes: readonly Seen[]): string[] {
  const worst = (['stalled', 'waiting', 'working', 'idle'] as const).find((state) =>
    nodes.some(({ stats }) => stats.state === state),
  );
  const count = nodes.filter(({ stats }) => stats.state === worst).length;
  const text = worst === 'stalled' ? 'STALLED' : (worst ?? '?');
  return [
    name,
    count === nodes.length ? text : `${text} on ${count} of ${nodes.length}`,
    String(nodes.length),
  ];
}

function tell({ node, stats: { loop, reason, since } }: Seen, print: Printer): void {
  if (reason !== null) print.line(`${loop} makes no progress on ${node} since ${timeText(since)}: ${reason}`);
}

/** The service that a loop's name begins with; undefined where no node that is there has such a service. */
export function serviceOfLoop(cluster: Cluster, name: string): string | undefined {
  const services = chosenServices(cluster, 'loops.stats', [], undefined);
  const longestFirst = services.toSorted((a, b) => b.length - a.length);
  return longestFirst.find((service) => name.startsWith(`${service}-`));
}
