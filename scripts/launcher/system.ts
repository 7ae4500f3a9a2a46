/**
 * A whole system in one data folder: the guardian, all services, and the servers that are not
 * given.
 */
import { parseAddress } from '#mixins/database/address.ts';
import { closeToPublic } from '#mixins/database/close-server.ts';
import type { Launch } from '#mixins/launching.ts';
import { messageOf } from '#schemas/text.ts';
import { type Config, environmentWith } from '../../config.ts';
import { embeddedUsers, userVariables } from '../nats/embedded-users.ts';
import { loadServiceFacts } from '../nats/service-facts.ts';
import { makeStreams } from '../provision/streams.ts';
import { type Catcher, startCatcher } from '../servers/catcher.ts';
import { findNats } from '../servers/find-nats.ts';
import { startNats } from '../servers/nats.ts';
import { watched } from '../servers/nats-watch.ts';
import { startPostgres } from '../servers/postgres.ts';
import type { Server } from '../servers/server.ts';
import { forgetAddresses, noteAddresses } from './addresses.ts';
import { Children } from './children.ts';
import { openDataFolder } from './data-folder.ts';
import { startNotingSpace } from './disk-samples.ts';
import { startGuardian } from './guard.ts';
import { LaunchError } from './launch-error.ts';
import { launchesOf, postTo } from './launches.ts';
import { portToListenOn, systemUrl } from './ports.ts';
import { whenReady } from './readiness.ts';
import type { Scope } from './scope.ts';
import { movedTo, serviceDatabases } from './service-databases.ts';
import { type ServiceProcess, startServices } from './service-process.ts';
import { type Supervision, supervise } from './supervise.ts';

export interface SystemOptions {
  readonly config: Config;
  /** The variables that the services get. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Arguments for Node that run all services. */
  readonly serviceArguments: readonly string[];
  /**
   * Services whose databases this process prepares, in our own PostgreSQL. Default: none; then they
   * get `DATABASE_URL` and prepare their databases themselves.
   */
  readonly services?: readonly string[];
  /** Gets short lines of progress. */
  readonly print: (line: string) => void;
  /**
   * Interval of the checks of our nats-server's JetStream, in milliseconds (nats-watch.ts has the
   * default).
   */
  readonly lookEvery?: number | undefined;
}

export type ReadySystem = Awaited<ReturnType<typeof startSystem>>;

/**
 * After this many ends of the services before they were ready, an operator has to fix something.
 */
const FAILURES_BEFORE_READY = 3;

/**
 * Starts everything, and resolves when all of it is ready. `scope` has all started things at any
 * moment. Throws a `LaunchError` that the operator can fix, or `ScopeEnded` when the scope was
 * ended meanwhile.
 */
export async function startSystem(options: SystemOptions, scope: Scope) {
  const { config, print } = options;
  const { dataDir } = config;
  await scope.add({ stop: await openDataFolder(dataDir) });
  const port = await portToListenOn(config.host, config.port);
  const address = systemUrl(config.host, port, config.certificate !== null);
  const certFile = config.certificate?.certFile ?? null;

  const children = new Children(dataDir);
  await children.end();
  const guard = await startGuardian(dataDir);
  await scope.add({ stop: () => guard.dismiss() });
  // All have ended by then. This deletes their notes.
  await scope.add({ stop: () => children.end(), kill: () => children.end(true) });

  await scope.add({ stop: startNotingSpace(dataDir, print) });
  const servers = await startServers(options, children, scope);
  if (config.databaseUrl === null) await closeToPublic(parseAddress(servers.databaseUrl()));
  const launches = await launchesOf(config);
  const variables = Object.assign({}, ...launches.map((launch) => launch.variables)) as Launch['variables'];
  const keySecret = variables.KEY_SECRET ?? null;
  const note = () =>
    noteAddresses(dataDir, {
      natsUrl: servers.natsUrl(),
      databaseUrl: servers.databaseUrl(),
      keySecret,
      address,
      smtpUrl: servers.smtpUrl(),
      inbox: servers.inbox(),
    });
  note();
  await scope.add({ stop: () => forgetAddresses(dataDir, process.pid) });

  const databases = await databasesOf(options, servers, keySecret);
  const services = await supervise<ServiceProcess>({
    name: 'The process of the services',
    print,
    start: () =>
      startServices({
        args: options.serviceArguments,
        environment: environmentWith(options.environment, {
          DATA_DIR: dataDir,
          PORT: String(port),
          ...servers.natsVariables(),
          SMTP_URL: servers.smtpUrl(),
          ...variables,
          ...databases(),
        }),
        openNote: children.notes('services'),
      }),
  });
  await scope.add({
    stop: async () => {
      print('stopping: services first, then their servers');
      await services.stop();
    },
    kill: () => services.kill(),
  });
  servers.whenMoved(() => {
    note();
    void services.current.stop();
  });

  await whenReady({ address, certFile, print, check: () => checkServices(services, scope) });
  const post = postTo(address, certFile);
  const announcements = await Promise.all(launches.map((launch) => launch.announce(post)));
  return {
    address,
    /** The page of the mail catcher. Null where a mail server is given. */
    inbox: servers.inbox(),
    launches,
    /** Lines that the services add. */
    announcements,
  };
}

/** Returns the services' variables for their databases, at the server's current address. */
async function databasesOf(
  { config, services = [], print }: SystemOptions,
  servers: Servers,
  keySecret: string | null,
): Promise<() => Readonly<Record<string, string | undefined>>> {
  const databaseUrl = servers.databaseUrl();
  if (config.databaseUrl !== null || services.length === 0) {
    return () => ({ DATABASE_URL: servers.databaseUrl() });
  }
  const natsUrl = servers.natsUrl();
  const prepared = await serviceDatabases(config, { databaseUrl, keySecret, natsUrl, print }, services);
  return () => movedTo(servers.databaseUrl(), servers.socketFolder(), prepared);
}

function checkServices(services: Supervision<ServiceProcess>, scope: Scope): void {
  scope.check();
  if (services.failures < FAILURES_BEFORE_READY) return;
  throw new LaunchError(
    `The services ended ${services.failures} times before they were ready. What they said stands above.`,
  );
}

type Servers = Awaited<ReturnType<typeof startServers>>;

/** Starts NATS, PostgreSQL and the mail catcher, each only where no existing one is given. */
async function startServers(options: SystemOptions, children: Children, scope: Scope) {
  const { config, print } = options;
  let moved: () => void = () => undefined;
  const keep = async <Kept extends Server>(name: string, start: () => Promise<Kept>) => {
    let url = '';
    const starting = supervise<Kept>({
      name,
      print,
      start,
      restarted: (again) => {
        print(again.summary);
        if (again.url !== url) moved();
        url = again.url;
      },
    });
    const server = await starting.catch((error: unknown) => {
      // A server that was ended on purpose during its start also fails: then `ScopeEnded` is thrown
      // instead.
      scope.check();
      throw error;
    });
    await scope.add(server);
    url = server.current.url;
    print(server.current.summary);
    return server;
  };
  const natsFolder = `${config.dataDir}/nats`;
  let natsVariables = (): Readonly<Record<string, string | undefined>> => ({
    NATS_URL: config.natsUrls.join(','),
  });
  const starts = {
    catcher: () =>
      keep<Catcher>('The mail catcher', () =>
        startCatcher({
          folder: `${config.dataDir}/catcher`,
          openNote: children.notes('catcher'),
        }),
      ),
    postgres: () =>
      keep('PostgreSQL', () =>
        startPostgres({
          folder: `${config.dataDir}/postgres`,
          openNote: children.notes('postgres'),
        }),
      ),
    nats: async () => {
      const { path } = await findNats({
        fixed: config.natsServerBin,
        path: options.environment.PATH ?? '',
        cache: `${config.dataDir}/cache`,
        progress: print,
      });
      const all = await loadServiceFacts(config.product);
      const every = all.map(({ name }) => name);
      const users = embeddedUsers(config.namespace, all);
      const server = await keep('nats-server', async () =>
        watched(
          await startNats({ folder: natsFolder, binary: path, openNote: children.notes('nats'), users }),
          { print, lookEvery: options.lookEvery },
        ),
      );
      natsVariables = () => {
        const ours = { natsUrl: server.current.url, folder: natsFolder };
        return userVariables(ours, config.namespace, every, all);
      };
      return server;
    },
  };
  const starting = [
    config.databaseUrl === null ? starts.postgres() : null,
    config.natsUrls.length === 0 ? starts.nats() : null,
    config.smtpUrl === null ? starts.catcher() : null,
  ] as const;
  await Promise.allSettled(starting);
  scope.check();
  const [postgres, nats, catcher] = await Promise.all(starting);
  if (nats !== null) await prepareStreams(options, nats.current.url);
  return {
    /** The services' variables for our own server: the user with their rights. */
    natsVariables: () => natsVariables(),
    databaseUrl: () => postgres?.current.url ?? config.databaseUrl ?? '',
    /** That of our own PostgreSQL's Unix socket; null without one. */
    socketFolder: () => postgres?.current.socketFolder ?? null,
    natsUrl: () => nats?.current.url ?? config.natsUrls.join(','),
    smtpUrl: () => catcher?.current.url ?? config.smtpUrl ?? '',
    /** The catcher's page. Null without a catcher. */
    inbox: () => catcher?.current.page ?? null,
    /** Calls `action` when a restarted server has another address, which its users must learn. */
    whenMoved: (action: () => void) => {
      moved = action;
    },
  };
}

/** If NATS fails here, the services start without it and make missing streams later. */
async function prepareStreams({ config, print }: SystemOptions, natsUrl: string): Promise<void> {
  try {
    await makeStreams({ config: { ...config, natsUrls: [natsUrl] }, print });
  } catch (error) {
    print(`The streams can't be prepared now: ${messageOf(error)}`);
  }
}
