/** Compares manifests with the published schemas of Kubernetes and KEDA. */
import { messageOf } from '#schemas/text.ts';
import type { Manifest } from './kustomize.ts';

interface Model {
  /** Throws for a `this` that does not follow the schema. */
  validate(): void;
}

/** `keda.sh/v1alpha1` is of KEDA. Other API versions are of Kubernetes. */
const packageOf = ({ apiVersion }: Manifest) =>
  apiVersion.startsWith('keda.sh/') ? '@kubernetes-models/keda' : 'kubernetes-models';

/**
 * What the schema of its kind does not allow in a manifest, including unknown fields; empty if
 * nothing. Throws for an unknown kind.
 */
export async function schemaViolations(manifest: Manifest): Promise<string[]> {
  const { apiVersion, kind } = manifest;
  const models = (await import(`${packageOf(manifest)}/${apiVersion}/${kind}`)) as Record<
    string,
    { readonly prototype: Model }
  >;
  const model = models[kind];
  if (model === undefined) throw new Error(`There is no schema of ${apiVersion} ${kind}`);
  const unread = new Set<string>();
  const found: string[] = [];
  try {
    model.prototype.validate.call(watched(manifest, '', unread));
  } catch (error) {
    found.push(messageOf(error));
  }
  return [...found, ...[...unread].map((path) => `${path} is unknown`)];
}

/**
 * The published schemas allow fields that they do not name. Their validators read the fields that
 * they name, and no others: `unread` has the paths of the rest.
 */
function watched(value: unknown, path: string, unread: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) for (const key of Object.keys(value)) unread.add(`${path}/${key}`);
  return new Proxy(value, {
    get(target, key, receiver) {
      const field = Reflect.get(target, key, receiver);
      if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return field;
      unread.delete(`${path}/${key}`);
      return watched(field, `${path}/${key}`, unread);
    },
  });
}
