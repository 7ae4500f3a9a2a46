/** Makes and migrates the database of each service. Closes the server to all other roles. */
import { existsSync } from 'node:fs';
import type { Bus } from '#mixins/bus/bus.ts';
import { type Address, addressesToProvision, parseAddress, variableOf } from '#mixins/database/address.ts';
import { closeIfOurs, revocationOf } from '#mixins/database/close-server.ts';
import { DatabaseLifecycle } from '#mixins/database/lifecycle.ts';
import type { ProvisionOptions, ProvisionStep, ServiceStep, ServiceVariables } from '#mixins/provisioning.ts';
import type { Config } from '../../config.ts';
import { defaultIn, type Product } from '../../product.ts';
import { LaunchError } from '../launcher/launch-error.ts';
import { busForLooks, compareWithStreams } from './restored.ts';

export const provisionDatabases: ProvisionStep = async (options) => {
  const { config, print } = options;
  const variables = await provisionServices(options, [...config.product.services.keys()]);
  print(`The databases of ${Object.keys(variables).filter(isUrl).length} services are ready`);
  if (config.databaseUrl === null) return variables;
  const { closed, open } = await closeIfOurs(parseAddress(config.databaseUrl), config.namespace);
  if (closed.length > 0) {
    print(
      `Only owners and superusers may connect to ${closed.join(', ')} now, as no other system has a login here`,
    );
  }
  if (open.length > 0) {
    print(
      `Every role may connect to ${open.join(', ')}, those of the services too. ` +
        `Where no other application needs that: ${open.map((name) => `${revocationOf(name)};`).join(' ')}`,
    );
  }
  return variables;
};

/** Prepares the services that have a database, in parallel. */
export async function provisionServices(
  options: ProvisionOptions,
  services: readonly string[],
): Promise<ServiceVariables> {
  const owners = withDatabase(options.config.product, services);
  const bus = await busForLooks(options.config);
  try {
    const variables = await Promise.all(owners.map((service) => provisionService(options, service, bus)));
    return Object.assign({}, ...variables);
  } finally {
    await bus?.stop();
  }
}

/** The services that have a database. */
export function withDatabase(product: Product, services: readonly string[]): string[] {
  return services.filter((service) => existsSync(migrationsFolder(product, service)));
}

const isUrl = (variable: string) => variable.endsWith(variableOf('', 'URL'));

const folderOf = ({ services }: Product, service: string) => services.get(service) as URL;

/** The folder of the migrations of a service of the product. */
export const migrationsFolder = (product: Product, service: string) =>
  new URL('migrations/', folderOf(product, service));

async function provisionService(
  options: ProvisionOptions,
  service: string,
  bus: Bus | null,
): Promise<ServiceVariables> {
  const { config, print } = options;
  if (config.databaseUrl === null && config.serviceDatabaseUrls[service] === undefined) {
    throw new LaunchError(
      `Neither DATABASE_URL nor ${variableOf(service, 'URL')} says where the database of ${service} is.`,
    );
  }
  const lifecycle = new DatabaseLifecycle({
    config,
    service,
    migrations: migrationsFolder(config.product, service),
    // The replica follows the primary and needs no preparation.
    addresses: { ...addressesToProvision(config, service), readAs: null },
    log: { info: print, warn: print, error: print },
  });
  try {
    const database = await lifecycle.open();
    if (bus !== null) await compareWithStreams(database, bus, print);
    const step = await defaultIn<ServiceStep>(folderOf(config.product, service), 'provision.handler.ts');
    const added = await step?.(options, database);
    const runtime = lifecycle.runtime as Address;
    return { [variableOf(service, 'URL')]: urlOf(config, service, runtime), ...added };
  } finally {
    await lifecycle.close();
  }
}

/** The given URL with the service's runtime role. Encryption and other options stay. */
function urlOf(config: Config, service: string, { user, password, database }: Address): string {
  const url = new URL(config.serviceDatabaseUrls[service] ?? config.databaseUrl ?? '');
  url.username = encodeURIComponent(user);
  url.password = typeof password === 'string' ? encodeURIComponent(password) : '';
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}
