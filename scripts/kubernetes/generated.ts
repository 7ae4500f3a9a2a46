/** The files of manifests that follow from the services of a product. */
import yaml from 'js-yaml';
import type { Product } from '../../product.ts';
import { loadServiceFacts } from '../nats/service-facts.ts';
import { withDatabase } from '../provision/databases.ts';
import { nodeManifests } from './nodes.ts';
import { scalerManifests } from './scalers.ts';

const HEADER = '# Made by: npm run kubernetes\n';
const textOf = (manifests: readonly object[]) =>
  HEADER + manifests.map((each) => `---\n${yaml.safeDump(each, { lineWidth: 140, noRefs: true })}`).join('');

/** Their texts by path in the repository. It imports the services' sources. */
export async function generatedManifests(product: Product): Promise<Map<string, string>> {
  const facts = await loadServiceFacts(product);
  const owners = withDatabase(product, [...product.services.keys()]);
  const deployed = facts.map(({ name }) => ({ name, hasDatabase: owners.includes(name) }));
  const scaled = facts.map(({ name, consumers }) => ({
    name,
    durables: consumers.map(({ durable }) => durable).sort(),
  }));
  return new Map([
    ['deploy/kubernetes/base/nodes.yaml', textOf(nodeManifests(product.name, deployed))],
    ['deploy/kubernetes/autoscaling/scalers.yaml', textOf(scalerManifests(product.name, scaled))],
  ]);
}
