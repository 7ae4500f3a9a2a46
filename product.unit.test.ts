import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.ts';
import { loadProducts } from './product.ts';
import { ConfigError } from './settings.ts';

const products = await loadProducts();

describe.each([...products])('the product %s', (name, product) => {
  it('has defaults that its settings allow', () => {
    const { namespace, mailFrom, currency } = readConfig({ PRODUCT: name });
    expect({ namespace, currency }).toEqual({ namespace: product.namespace, currency: product.currency });
    expect(mailFrom).toBe(`${product.title} <${product.sender}>`);
  });

  it('has a namespace of its own', () => {
    const sameNamespace = [...products.values()].filter(({ namespace }) => namespace === product.namespace);
    expect(sameNamespace).toEqual([product]);
  });

  it('runs services whose folders exist, its own ones among them', async () => {
    const { default: declared } = await import(`./products/${name}.ts`);
    expect([...product.services.keys()]).toEqual(expect.arrayContaining(declared.services));
    expect([...product.services.keys()]).toEqual([...product.services.keys()].toSorted());
  });
});

describe("a product outside of the repository's folder", () => {
  it('has the services beside its file, and those that belong to no product of the repository', async () => {
    const path = fileURLToPath(new URL('./test/toy/products/toy.ts', import.meta.url));
    const loaded = await loadProducts(path);
    const [toy, ates] = [loaded.get(path), loaded.get('ates')];
    const { default: declared } = await import('./products/ates.ts');
    const own = new Set<string>(declared.services);
    expect(toy).toMatchObject({ name: 'toy', namespace: 'toy', foreign: own });
    const shared = [...(ates?.services.keys() ?? [])].filter((name) => !own.has(name));
    expect([...(toy?.services.keys() ?? [])]).toEqual(['feeders', 'parrots', ...shared].toSorted());
    expect(ates?.services.has('parrots')).toBe(false);
  });
});

describe('a product that does not exist', () => {
  it.each(['mfc', './products/mfc.ts'])('is refused: %s', (value) => {
    const read = () => readConfig({ PRODUCT: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/^PRODUCT is ".*", but should be ates.*, or the path of a product's file$/);
  });
});
