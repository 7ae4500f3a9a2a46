/** The servers of a stopped system: those of the variables, and our own ones for the others. */
import type { Config } from '../../config.ts';
import { Children } from '../launcher/children.ts';
import { openDataFolder } from '../launcher/data-folder.ts';
import { startGuardian } from '../launcher/guard.ts';
import { Scope } from '../launcher/scope.ts';
import { findNats } from '../servers/find-nats.ts';
import { startNats } from '../servers/nats.ts';
import { startPostgres } from '../servers/postgres.ts';

/**
 * Runs `work` with the addresses of all servers, and keeps the data folder locked meanwhile. Our
 * own servers end afterwards, also where this process is killed. Throws `LaunchError` where a
 * system runs on the data folder.
 */
export async function withServers<Result>(
  config: Config,
  print: (line: string) => void,
  work: (config: Config) => Promise<Result>,
): Promise<Result> {
  const { dataDir } = config;
  const scope = new Scope();
  try {
    await scope.add({ stop: await openDataFolder(dataDir) });
    const children = new Children(dataDir);
    await children.end();
    const guard = await startGuardian(dataDir);
    await scope.add({ stop: () => guard.dismiss() });
    await scope.add({ stop: () => children.end() });
    return await work({
      ...config,
      databaseUrl: config.databaseUrl ?? (await ownPostgres(dataDir, children)),
      natsUrls: config.natsUrls.length > 0 ? config.natsUrls : [await ownNats(config, children, print)],
    });
  } finally {
    await scope.end('stop');
  }
}

async function ownPostgres(dataDir: string, children: Children): Promise<string> {
  const openNote = children.notes('postgres');
  return (await startPostgres({ folder: `${dataDir}/postgres`, openNote })).url;
}

async function ownNats(
  { dataDir, natsServerBin }: Config,
  children: Children,
  print: (line: string) => void,
): Promise<string> {
  const { path } = await findNats({
    fixed: natsServerBin,
    path: process.env.PATH ?? '',
    cache: `${dataDir}/cache`,
    progress: print,
  });
  const openNote = children.notes('nats');
  return (await startNats({ folder: `${dataDir}/nats`, binary: path, openNote })).url;
}
