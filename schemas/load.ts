/** Loads all contracts by folder: a new contract is a new file, and no list names it. */
import type { Product } from '../product.ts';
import type { ActionContract } from './action.ts';
import type { Checks, Comparison } from './comparison.ts';
import { type EventContract, serviceOf } from './event.ts';
import { mixinEventsIn } from './mixin-events.ts';
import { modulesIn } from './modules.ts';

const ROOT = new URL('../', import.meta.url);
const ACTIONS = new URL('./actions/', import.meta.url);
const COMPARISONS = new URL('./comparisons/', import.meta.url);

export interface Declarations {
  readonly comparisons: readonly Comparison[];
  readonly checks: readonly Checks[];
}

/**
 * All event contracts, sorted by type: those in `schemas/events/` of the root folder, and those
 * that the services get from their mixins. Throws for a file without a contract, for a file that is
 * not named `<service>/<entity>-<past-tense>.v<major>.ts` after its type, and for a type that is
 * declared twice.
 */
export async function loadEventContracts(root: URL = ROOT): Promise<EventContract[]> {
  const derived = await mixinEventsIn(new URL('services/', root));
  const found = new Map(derived.map((contract) => [contract.type, contract]));
  for (const [path, module] of await modulesIn(new URL('schemas/events/', root))) {
    const contracts = Object.values(module).filter(isEventContract);
    if (contracts.length === 0) throw new Error(`${path}.ts declares no event`);
    for (const contract of contracts) {
      if (path !== fileOf(contract.type)) {
        throw new Error(
          `${contract.type} is declared in ${path}.ts, but belongs in ${fileOf(contract.type)}.ts`,
        );
      }
      if (found.has(contract.type)) throw new Error(`${contract.type} is declared twice in ${path}.ts`);
      found.set(contract.type, contract);
    }
  }
  return [...found.values()].sort((a, b) => compare(a.type, b.type));
}

/**
 * All action contracts, sorted by name. Throws for a file without a default export, for a file that
 * is not named `<service>/<action>.ts` after its action, and for two actions on one route.
 */
export async function loadActionContracts(folder: URL = ACTIONS): Promise<ActionContract[]> {
  const contracts: ActionContract[] = [];
  const routes = new Map<string, string>();
  for (const [path, { default: contract }] of await modulesIn(folder)) {
    if (!isActionContract(contract)) throw new Error(`${path}.ts has no action as its default export`);
    const name = path.replace('/', '.');
    if (simplified(contract.action) !== simplified(name)) {
      throw new Error(`${path}.ts declares ${contract.action}, but should declare ${name}`);
    }
    const other = routes.get(contract.route);
    if (other !== undefined) throw new Error(`${contract.action} and ${other} share ${contract.route}`);
    routes.set(contract.route, contract.action);
    contracts.push(contract);
  }
  return contracts.sort((a, b) => compare(a.action, b.action));
}

/**
 * All comparisons and checks, sorted by file. Throws for a file without one as its default export,
 * and for a file that is not named `<left>/<name>.ts` after its comparison, or
 * `<service>/checks.ts`.
 */
export async function loadComparisons(folder: URL = COMPARISONS): Promise<Declarations> {
  const comparisons: Comparison[] = [];
  const checks: Checks[] = [];
  const expectIn = (path: string, expected: string) => {
    if (path !== expected) throw new Error(`${path}.ts declares what belongs in ${expected}.ts`);
  };
  for (const [path, { default: declared }] of await modulesIn(folder)) {
    if (isComparison(declared)) {
      expectIn(path, `${declared.left}/${declared.name.replaceAll('_', '-')}`);
      comparisons.push(declared);
    } else if (isChecks(declared)) {
      expectIn(path, `${declared.service}/checks`);
      checks.push(declared);
    } else throw new Error(`${path}.ts has neither a comparison nor checks as its default export`);
  }
  return { comparisons, checks };
}

/** The event contracts of a product's services. */
export async function loadProductEvents({ roots, foreign }: Product): Promise<EventContract[]> {
  const found = await Promise.all(roots.map((root) => loadEventContracts(root)));
  return found.flat().filter(({ type }) => !foreign.has(serviceOf(type)));
}

/** The action contracts of a product's services. */
export async function loadProductActions({ roots, foreign }: Product): Promise<ActionContract[]> {
  const found = await Promise.all(
    roots.map((root) => loadActionContracts(new URL('schemas/actions/', root))),
  );
  return found.flat().filter(({ action }) => !foreign.has(serviceOf(action)));
}

/**
 * The names of the answers that a product's actions share, by their rules: `BigBox` of `bigBox` in
 * `schemas/answers/`. Throws for a name that is declared twice.
 */
export async function loadProductAnswers({
  roots,
}: Pick<Product, 'roots'>): Promise<ReadonlyMap<object, string>> {
  const modules = await Promise.all(roots.map((root) => modulesIn(new URL('schemas/answers/', root))));
  const exported = modules.flatMap((each) => [...each.values()]).flatMap((module) => Object.entries(module));
  const named = exported.flatMap(([name, rules]): [object, string][] =>
    has(rules) ? [[fieldsOf(rules as object), name.replace(/^./, (letter) => letter.toUpperCase())]] : [],
  );
  const names = named.map(([, name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`Two files of schemas/answers/ declare ${twice}`);
  return new Map(named);
}

/** The rules of an object's fields, given as they are or in the rule of the object. */
function fieldsOf(rules: object): object {
  return 'type' in rules && rules.type === 'object' && 'props' in rules ? (rules.props as object) : rules;
}

/** The comparisons between a product's services, and the checks of each service. */
export async function loadProductComparisons({ roots, foreign }: Product): Promise<Declarations> {
  const found = await Promise.all(
    roots.map((root) => loadComparisons(new URL('schemas/comparisons/', root))),
  );
  const comparisons = found.flatMap((each) => each.comparisons);
  const checks = found.flatMap((each) => each.checks);
  return {
    comparisons: comparisons.filter(({ left, right }) => !foreign.has(left) && !foreign.has(right)),
    checks: checks.filter(({ service }) => !foreign.has(service)),
  };
}

/** Files are named in kebab-case, actions in camelCase. */
function simplified(name: string): string {
  return name.replaceAll('-', '').toLowerCase();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** `parrots/parrot-fed.v1` of `parrots.parrot.fed.v1` */
function fileOf(type: string): string {
  const [service, entity, past, version] = type.split('.');
  return `${service}/${entity}-${past}.${version}`;
}

const has = (value: unknown, ...names: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && names.every((name) => name in value);

const isEventContract = (value: unknown): value is EventContract => has(value, 'type', 'aggregate', 'schema');
const isActionContract = (value: unknown): value is ActionContract =>
  has(value, 'action', 'route', 'access', 'params');
const isComparison = (value: unknown): value is Comparison => has(value, 'name', 'left', 'right', 'noun');
const isChecks = (value: unknown): value is Checks => has(value, 'service', 'checks');
