/**
 * Folders of deploy/kubernetes as kustomize reads them, as far as they use it. Tests have no
 * kustomize. Generators and patches are read, not applied.
 */
import { readFileSync } from 'node:fs';
import yaml from 'js-yaml';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Labels };
}

export type Labels = Readonly<Record<string, string>>;
export type Values = Readonly<Record<string, string>>;

export interface Kustomized {
  readonly manifests: readonly Manifest[];
  /** Parts of manifests, which are merged into those of the same kind and name. */
  readonly patches: readonly Manifest[];
  /** The values of generated ConfigMaps and Secrets by name. Those of overlays come last. */
  readonly configMaps: ReadonlyMap<string, Values>;
  readonly secrets: ReadonlyMap<string, Values>;
  /** The images that are named anew. */
  readonly images: readonly string[];
}

interface Generator {
  readonly name: string;
  readonly behavior?: 'merge';
  readonly literals?: readonly string[];
  readonly files?: readonly string[];
}

interface Kustomization {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly patches?: readonly { readonly path: string }[];
  readonly images?: readonly { readonly name: string }[];
  readonly configMapGenerator?: readonly Generator[];
  readonly secretGenerator?: readonly Generator[];
}

const KEYS = new Set([
  'apiVersion',
  'kind',
  'namespace',
  'resources',
  'components',
  'patches',
  'images',
  'configMapGenerator',
  'secretGenerator',
]);
const API_VERSIONS: Readonly<Record<string, string>> = {
  Kustomization: 'kustomize.config.k8s.io/v1beta1',
  Component: 'kustomize.config.k8s.io/v1alpha1',
};
/** Of all system objects and of everything that an overlay adds. */
const NAMESPACE = 'ates';

/** All manifests of a file. */
export function readManifests(file: URL): Manifest[] {
  return yaml.safeLoadAll(readFileSync(file, 'utf8')) as Manifest[];
}

/** A folder with everything that it takes from others. Throws if it says what kustomize refuses. */
export function kustomized(folder: URL): Kustomized {
  const file = new URL('kustomization.yaml', folder);
  const own = yaml.safeLoad(readFileSync(file, 'utf8')) as Kustomization;
  const unknown = Object.keys(own).filter((key) => !KEYS.has(key));
  if (unknown.length > 0 || own.apiVersion !== API_VERSIONS[own.kind]) {
    throw new Error(`${file.pathname}: ${own.apiVersion} ${own.kind} ${unknown.join(', ')}`);
  }
  const isFile = (name: string) => name.endsWith('.yaml');
  const resources = own.resources ?? [];
  const others = [...resources.filter((name) => !isFile(name)), ...(own.components ?? [])].map((name) =>
    kustomized(new URL(`${name}/`, folder)),
  );
  const read = (names: readonly string[]) => names.flatMap((name) => readManifests(new URL(name, folder)));
  const generated = (which: 'configMaps' | 'secrets', generators: readonly Generator[] = []) => {
    const all = new Map(others.flatMap((other) => [...other[which]]));
    for (const { name, behavior, literals = [], files = [] } of generators) {
      const before = all.get(name);
      if ((before !== undefined) !== (behavior === 'merge')) {
        throw new Error(`${file.pathname}: ${name} ${before === undefined ? 'does not exist' : 'exists'}`);
      }
      all.set(name, { ...before, ...valuesOf(literals), ...contentsOf(folder, files) });
    }
    return all;
  };
  return {
    manifests: [...others.flatMap(({ manifests }) => manifests), ...read(resources.filter(isFile))],
    patches: [
      ...others.flatMap(({ patches }) => patches),
      ...read((own.patches ?? []).map(({ path }) => path)),
    ],
    configMaps: generated('configMaps', own.configMapGenerator),
    secrets: generated('secrets', own.secretGenerator),
    images: (own.images ?? []).map(({ name }) => name),
  };
}

/** Whether a folder puts everything into the namespace of the system. */
export function isInNamespace(folder: URL): boolean {
  const text = readFileSync(new URL('kustomization.yaml', folder), 'utf8');
  return (yaml.safeLoad(text) as Kustomization).namespace === NAMESPACE;
}

function valuesOf(literals: readonly string[]): Values {
  return Object.fromEntries(
    literals.map((literal) => {
      const [, name = '', value = ''] = /^([^=]+)=(.*)$/.exec(literal) ?? [];
      if (name === '') throw new Error(`${literal} is no literal`);
      return [name, value];
    }),
  );
}

/** `name=path`, or a path whose last part is the name. */
function contentsOf(folder: URL, files: readonly string[]): Values {
  return Object.fromEntries(
    files.map((file) => {
      const [name = '', path = name] = file.split('=');
      return [name, readFileSync(new URL(path, folder), 'utf8')];
    }),
  );
}
