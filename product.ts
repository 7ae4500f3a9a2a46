/**
 * A product is declared in `products/<name>.ts`, and `PRODUCT` chooses the one to run. A service
 * that a product lists runs only in that product. All other services run in every product.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The content of a product's file. */
export interface ProductDeclaration {
  /** The name that the product uses for itself. */
  readonly title: string;
  /** The product's own services, by the names of their folders. */
  readonly services: readonly string[];
  /** The default of `NAMESPACE`. */
  readonly namespace: string;
  /** The default address of `MAIL_FROM`; its name is the title. */
  readonly sender: string;
  /** The realm in the header `WWW-Authenticate`. */
  readonly realm: string;
  /** Leads developers of clients through the API, as Markdown. Default: nothing. */
  readonly introduction?: string;
  /** The default of `CURRENCY`. */
  readonly currency: string;
}

/** A product with all its services. */
export interface Product extends Omit<ProductDeclaration, 'services'> {
  /** The name of the product's file. */
  readonly name: string;
  /** The folder of each service that runs in the product, in alphabetical order of their names. */
  readonly services: ReadonlyMap<string, URL>;
  /** The services of other products, which do not run in this one. */
  readonly foreign: ReadonlySet<string>;
  /** The folders with its `services/` and `schemas/`. */
  readonly roots: readonly URL[];
}

const REPOSITORY = new URL('./', import.meta.url);

const manifest: { readonly name: string; readonly version: string } = JSON.parse(
  readFileSync(new URL('package.json', REPOSITORY), 'utf8'),
);
/** The name in package.json, for names that all products share. */
export const PROJECT = manifest.name;
/** The version in package.json. */
export const VERSION = manifest.version;

/**
 * The products that `PRODUCT` may choose, by its value: each of `products/` by name, and the one
 * whose file has the path `chosen`. That product also has the services and contracts of the folder
 * above its own.
 */
export async function loadProducts(chosen?: string): Promise<ReadonlyMap<string, Product>> {
  const folder = new URL('products/', REPOSITORY);
  const files = new Map(readdirSync(folder).map((file) => [basename(file, '.ts'), new URL(file, folder)]));
  if (chosen?.includes('/') && existsSync(chosen)) files.set(chosen, pathToFileURL(resolve(chosen)));
  const declared = await Promise.all(
    [...files].map(async ([value, file]) => {
      const { default: declaration } = (await import(file.href)) as { default: ProductDeclaration };
      return { value, file, declaration };
    }),
  );
  return new Map(
    declared.map(({ value, file, declaration }) => {
      const roots = [...new Set([REPOSITORY.href, new URL('../', file).href])].map((href) => new URL(href));
      const listed = declared.flatMap((each) => each.declaration.services);
      const foreign = new Set(listed.filter((service) => !declaration.services.includes(service)));
      const name = basename(file.pathname, '.ts');
      return [value, { ...declaration, name, services: servicesIn(roots, foreign), foreign, roots }];
    }),
  );
}

/** The default export of a file in a service's folder; undefined where there is no such file. */
export async function defaultIn<Value>(folder: URL, name: string): Promise<Value | undefined> {
  const file = new URL(name, folder);
  if (!existsSync(file)) return undefined;
  return ((await import(file.href)) as { default: Value }).default;
}

function servicesIn(roots: readonly URL[], foreign: ReadonlySet<string>): ReadonlyMap<string, URL> {
  const folders = roots.flatMap((root) => {
    const services = new URL('services/', root);
    return readdirSync(services).map((name) => [name, new URL(`${name}/`, services)] as const);
  });
  const ours = folders.filter(
    ([name, folder]) => !foreign.has(name) && existsSync(new URL(`${name}.service.ts`, folder)),
  );
  return new Map(ours.sort(([a], [b]) => (a < b ? -1 : 1)));
}
