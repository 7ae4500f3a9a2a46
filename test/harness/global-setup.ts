/**
 * Starts one nats-server and one PostgreSQL for the whole run, in a temporary folder.
 * global-teardown.ts ends them. If the run is killed, the guardian does.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Children } from '../../scripts/launcher/children.ts';
import { holders, lockFolder } from '../../scripts/launcher/data-folder.ts';
import { startGuardian } from '../../scripts/launcher/guard.ts';
import { startNats } from '../../scripts/servers/nats.ts';
import { startPostgres } from '../../scripts/servers/postgres.ts';
import { placeOfRun, placesOfRuns } from './run-folder.ts';
import { findNatsForTests, TEST_FOLDER } from './servers.ts';
import { keepRun } from './shared.ts';

/** There are many databases at once: one for every service of every system of two test workers. */
const MANY = { max_connections: '400' };

/**
 * For tests. This server is never killed: a test that kills one starts its own, with full
 * durability. So it does not wait for the disk. Its journal is short and not compressed, because a
 * new database is written to it completely, which was the largest cost of making one.
 */
const FOR_TESTS = {
  ...MANY,
  fsync: 'off',
  full_page_writes: 'off',
  wal_compression: 'off',
  max_wal_size: '256MB',
};

export default async function setUp(): Promise<void> {
  await startRun(placeOfRun(), FOR_TESTS);
}

/** For measurements: on the disk, with the settings and the durability of `npm start`. */
export async function setUpAsDelivered(): Promise<void> {
  await startRun(tmpdir(), MANY);
}

async function startRun(place: string, settings: Readonly<Record<string, string>>): Promise<void> {
  await clearLeftovers();
  const folder = mkdtempSync(`${place}/${TEST_FOLDER}`);
  await lockFolder(`${folder}/run`);
  const children = new Children(folder);
  const guard = await startGuardian(folder, { remove: true });
  const [nats, postgres] = await Promise.all([
    findNatsForTests().then((binary) =>
      startNats({ folder: `${folder}/nats`, binary, openNote: children.notes('nats') }),
    ),
    startPostgres({
      folder: `${folder}/postgres`,
      settings,
      openNote: children.notes('postgres'),
    }),
  ]);
  keepRun({ folder, guard });
  process.env.TEST_RUN_FOLDER = folder;
  process.env.TEST_RUN_NATS_URL = nats.url;
  process.env.TEST_RUN_DATABASE_URL = postgres.url;
}

/** A younger folder may belong to another run that is about to lock it, in milliseconds. */
const YOUNG_MS = 60_000;

/** Removes the files of runs whose guardian was killed as well. */
async function clearLeftovers(): Promise<void> {
  for (const folder of leftovers()) {
    try {
      if (Date.now() - statSync(folder).mtimeMs < YOUNG_MS || holders(`${folder}/run`).length > 0) continue;
      await new Children(folder).end(true);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    } catch {
      // The folder belongs to another user, or another run removes it at this moment.
    }
  }
}

function leftovers(): string[] {
  return placesOfRuns().flatMap((place) =>
    readdirSync(place)
      .filter((name) => name.startsWith(TEST_FOLDER))
      .map((name) => `${place}/${name}`),
  );
}
