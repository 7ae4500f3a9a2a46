/** Which nodes there are, and which services run on them. */
import { registryOf } from '#mixins/registry.ts';
import type { Command } from '#mixins/repl/command.ts';

export const nodes: Command = {
  command: 'nodes',
  description: 'Nodes of the system, and the services of each',
  place: 4,
  async run({ broker }, _input, print) {
    const byNode = Map.groupBy(registryOf(broker).services(), ({ nodeID }) => nodeID ?? broker.nodeID);
    print.table(
      ['Node', 'Services'],
      [...byNode].map(([node, services]) => [node, namesOf(services)]).sort(byFirst),
      'No node with services answers.',
    );
  },
};

export const services: Command = {
  command: 'services',
  description: 'Services of the system, and how many nodes run each',
  place: 6,
  async run({ broker, config }, _input, print) {
    const byName = Map.groupBy(registryOf(broker).services(), ({ name }) => name);
    const names = new Set([...config.product.services.keys(), ...byName.keys()]);
    print.table(
      ['Service', 'Nodes'],
      [...names].map((name) => [name, String(byName.get(name)?.length ?? 0)]).sort(byFirst),
      'The product has no services.',
    );
    const away = [...names].filter((name) => !byName.has(name)).sort();
    for (const name of away) print.line(`No node runs ${name}. Start one: npm run node -- ${name}`);
    if (away.length > 0) print.failed();
  },
};

function namesOf(all: readonly { readonly name: string }[]): string {
  return all
    .map(({ name }) => name)
    .sort()
    .join(', ');
}

function byFirst([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return a < b ? -1 : 1;
}
