/**
 * All consumers of all services, found by their folders: no list names them, so none is forgotten.
 */
import { readdir } from 'node:fs/promises';
import type { ServiceSchema } from 'moleculer';
import type { ConsumerDefinition } from '#mixins/consumer/definition.ts';
import type { ConsumerFixture, ConsumerFixtures } from './fixture.ts';

const SERVICES = new URL('../../../services/', import.meta.url);

export interface RegisteredConsumer {
  readonly service: string;
  readonly key: string;
  readonly definition: ConsumerDefinition;
  /** Undefined: the service has no fixture for it, which fails the harness. */
  readonly fixture: ConsumerFixture | undefined;
  readonly migrations: URL;
}

export async function allConsumers(folder: URL = SERVICES): Promise<RegisteredConsumer[]> {
  const files = await readdir(folder, { recursive: true });
  const services = files.filter((file) => /^[a-z0-9-]+\/[a-z0-9-]+\.service\.ts$/.test(file)).sort();
  return (await Promise.all(services.map((file) => consumersOf(folder, file, files)))).flat();
}

async function consumersOf(
  folder: URL,
  file: string,
  files: readonly string[],
): Promise<RegisteredConsumer[]> {
  const { default: schema } = (await import(new URL(file, folder).href)) as { default: ServiceSchema };
  const consumers = (schema as { consumers?: Record<string, ConsumerDefinition> }).consumers ?? {};
  if (Object.keys(consumers).length === 0) return [];
  const path = `${schema.name}/consumers.fixture.ts`;
  const fixtures = files.includes(path)
    ? ((await import(new URL(path, folder).href)) as { default: ConsumerFixtures }).default
    : {};
  return Object.entries(consumers).map(([key, definition]) => ({
    service: schema.name,
    key,
    definition,
    fixture: fixtures[key],
    migrations: new URL(`${schema.name}/migrations/`, folder),
  }));
}
