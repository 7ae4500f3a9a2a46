import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from './config.ts';
import { loadProducts } from './product.ts';

const products = await loadProducts();

describe.each([...products])('the product %s', (name, product) => {
  it('has defaults that its settings may have', () => {
    const { namespace, mailFrom, currency } = readConfig({ PRODUCT: name });
    expect({ namespace, currency }).toEqual({ namespace: product.namespace, currency: product.currency });
    expect(mailFrom).toBe(`${product.title} <${product.sender}>`);
  });

  it('has its namespace for itself', () => {
    const sameNamespace = [...products.values()].filter(({ namespace }) => namespace === product.namespace);
    expect(sameNamespace).toEqual([product]);
  });

  it('runs services whose folders are there, its own ones among them', async () => {
    const { default: declared } = await import(`./products/${name}.ts`);
    expect([...product.services.keys()]).toEqual(expect.arrayContaining(declared.services));
    expect([...product.services.keys()]).toEqual([...product.services.keys()].toSorted());
  });
});

describe('a product elsewhere', () => {
  // Beside the sources, so that the project's own rules for modules hold in it.
  const folder = mkdtempSync(fileURLToPath(new URL('./.test-product-', import.meta.url)));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has the services beside its file, and those that no product of the repository has for itself', async () => {
    mkdirSync(`${folder}/products`);
    mkdirSync(`${folder}/services/parrots`, { recursive: true });
    writeFileSync(`${folder}/services/parrots/parrots.service.ts`, 'export default {};');
    writeFileSync(
      `${folder}/products/zoo.ts`,
      `export default { title: 'Zoo', services: ['parrots'], namespace: 'zoo' };`,
    );
    const path = `${folder}/products/zoo.ts`;
    const loaded = await loadProducts(path);
    const zoo = loaded.get(path);
    expect(zoo).toMatchObject({ name: 'zoo', title: 'Zoo', namespace: 'zoo' });
    const others = [...(products.get('ates')?.services.keys() ?? [])].filter((name) => name !== 'tasks');
    expect([...(zoo?.services.keys() ?? [])].toSorted()).toEqual(['parrots', ...others].toSorted());
    expect(loaded.get('ates')?.services.has('parrots')).toBe(false);
  });
});

describe('a product that there is not', () => {
  it.each(['mfc', './products/mfc.ts'])('is refused: %s', (value) => {
    const read = () => readConfig({ PRODUCT: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/^PRODUCT is ".*", but should be ates.*, or the path of a product's file$/);
  });
});
