import { expect, it } from '@jest/globals';
import { readConfig } from '../../config.ts';

it('imports modules at the same time whose graphs share modules', async () => {
  const files = [...readConfig({}).product.services].map(
    ([name, folder]) => new URL(`${name}.service.ts`, folder).href,
  );
  const services = await Promise.all(files.map((file) => import(file)));
  expect(services.map((service) => typeof service.default)).toEqual(files.map(() => 'object'));
});
