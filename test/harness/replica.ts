/** A real streaming replica: PostgreSQL's own, from a base copy of a running primary. */
import { execFile } from 'node:child_process';
import { chownSync, copyFileSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import pg from 'pg';
import { startPostgres as launchPostgres } from '../../scripts/servers/postgres.ts';
import { type TestServer, testServer } from './servers.ts';

/** How soon a replica retries its primary. The default of 5 s would slow the tests. */
const RETRY_INTERVAL = '100ms';
/** The replica's name in `pg_stat_replication` of its primary. */
const NAME = 'replica';

/**
 * A hot standby that follows the primary's journal, also after restarts of either. It keeps the
 * primary's roles and their passwords.
 */
export function startReplica(primary: TestServer): Promise<TestServer> {
  return testServer('postgres', async (folder, openNote) => {
    if (!existsSync(folder)) await copyBase(primary, folder);
    return launchPostgres({
      folder,
      openNote,
      settings: { primary_conninfo: conninfoOf(primary.url), wal_retrieve_retry_interval: RETRY_INTERVAL },
    });
  });
}

/** Does the work of pg_basebackup, which is not among the binaries. */
async function copyBase(primary: TestServer, folder: string): Promise<void> {
  const from = `${primary.folder}/data`;
  const to = `${folder}/data`;
  mkdirSync(folder, { mode: 0o700 });
  copyFileSync(`${primary.folder}/password`, `${folder}/password`);
  const client = new pg.Client({ connectionString: primary.url });
  await client.connect();
  try {
    await client.query(`SELECT pg_backup_start('${NAME}', true)`);
    await promisify(execFile)('cp', ['-a', from, to]);
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    // These files are the primary's own. The missing part of the journal is streamed.
    rmSync(`${to}/postmaster.pid`);
    rmSync(`${to}/postmaster.opts`);
    ownFile(`${to}/backup_label`, rows[0]?.labelfile ?? '', from);
    ownFile(`${to}/standby.signal`, '', from);
  } finally {
    await client.end();
  }
}

/** Writes a file for the user who runs the servers. */
function ownFile(path: string, content: string, like: string): void {
  writeFileSync(path, content, { mode: 0o600 });
  const { uid, gid } = statSync(like);
  if (process.getuid?.() === 0) chownSync(path, uid, gid);
}

function conninfoOf(url: string): string {
  const { hostname, port, username, password } = new URL(url);
  return `host=${hostname} port=${port} user=${username} password=${password} application_name=${NAME}`;
}
