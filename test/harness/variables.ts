/**
 * Variables that services need in tests: the default exports of
 * `services/<name>/variables.fixture.ts`.
 */
import { existsSync } from 'node:fs';
import { readConfig } from '../../config.ts';

type Variables = Readonly<Record<string, string>>;

const files = [...readConfig({}).product.services.values()]
  .map((folder) => new URL('variables.fixture.ts', folder))
  .filter((file) => existsSync(file));
const declared = await Promise.all(
  files.map(async ({ href }) => ((await import(href)) as { default: Variables }).default),
);

export const SERVICE_VARIABLES: Variables = Object.assign({}, ...declared);
