/**
 * What a product is: `products/<name>.ts` declares one, and `PRODUCT` chooses the one that a system
 * runs. Services that products list run in those products alone; all others run in every product.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a product's file declares. */
export interface ProductDeclaration {
  /** The name that it uses for itself. */
  readonly title: string;
  /** Its own services, by the names of their folders. */
  readonly services: readonly string[];
  /** `NAMESPACE` where it is not set. */
  readonly namespace: string;
  /** The address in `MAIL_FROM` where that is not set; the name is the title. */
  readonly sender: string;
  /** Realm of the header `WWW-Authenticate`. */
  readonly realm: string;
  /** `CURRENCY` where it is not set. */
  readonly currency: string;
}

/** A product, and everything that runs in it. */
export interface Product extends Omit<ProductDeclaration, 'services'> {
  /** The name of its file. */
  readonly name: string;
  /** The folder of each service that runs in it, in alphabetical order of their names. */
  readonly services: ReadonlyMap<string, URL>;
  /** Services of other products, which do not run in it. */
  readonly foreign: ReadonlySet<string>;
  /** The folders in which its `services/` and `schemas/` are. */
  readonly roots: readonly URL[];
}

const REPOSITORY = new URL('./', import.meta.url);

/**
 * What all products are parts of: the name in package.json, for names that no product has for
 * itself.
 */
export const PROJECT: string = JSON.parse(readFileSync(new URL('package.json', REPOSITORY), 'utf8')).name;

/**
 * The products that `PRODUCT` may choose, by its value: each of `products/` by name, and the one
 * whose file has the path `chosen`. That one also has the services and contracts of the folder
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
      const roots = [REPOSITORY, new URL('../', file)].filter(isFirst);
      const listed = declared.flatMap((each) => each.declaration.services);
      const foreign = new Set(listed.filter((service) => !declaration.services.includes(service)));
      const name = basename(file.pathname, '.ts');
      return [value, { ...declaration, name, services: servicesIn(roots, foreign), foreign, roots }];
    }),
  );
}

function isFirst({ href }: URL, index: number, all: readonly URL[]): boolean {
  return all.findIndex((other) => other.href === href) === index;
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
