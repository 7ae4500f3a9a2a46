/**
 * B1: pgbench's TPC-B-like transaction at 8 clients, in a database of its own. Where no pgbench is
 * found, the same statements go through pg.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import type pg from 'pg';
import { until } from '../../test/harness/wait.ts';
import { connectTo } from './backlog.ts';
import { endedChildrenMs, processorMs, treeOf } from './processes.ts';
import { startProgram } from './programs.ts';
import type { System } from './system.ts';

const DATABASE = 'bench';
const SCALE = 10;
const CLIENTS = 8;
const POSTGRES_FOLDER = '/usr/lib/postgresql';
const USUAL_FOLDERS = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

export interface TpcB {
  /** Transactions a second. */
  readonly rate: number;
  /** Processor time of PostgreSQL and pgbench for one transaction, in milliseconds. */
  readonly processorMs: number;
  /** What ran it. */
  readonly by: string;
}

export async function measureTpcB(system: System, seconds: number): Promise<TpcB> {
  const server = await connectTo(system.databaseUrl, 'postgres');
  await server.query(`CREATE DATABASE ${DATABASE}`);
  try {
    const program = findPgbench();
    const run = program === null ? throughPg : byPgbench(program);
    return await run(system, seconds);
  } finally {
    await server.query(`DROP DATABASE ${DATABASE} WITH (FORCE)`);
    await server.end();
  }
}

function findPgbench(): string | null {
  const asked = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' }).stdout?.trim();
  const versions = existsSync(POSTGRES_FOLDER) ? readdirSync(POSTGRES_FOLDER) : [];
  const folders = [
    ...(asked ? [asked] : []),
    ...versions.map((version) => `${POSTGRES_FOLDER}/${version}/bin`),
    ...USUAL_FOLDERS,
  ];
  return folders.map((folder) => `${folder}/pgbench`).find((path) => existsSync(path)) ?? null;
}

const byPgbench = (program: string) => async (system: System, seconds: number) => {
  const { hostname, port, username, password } = new URL(system.databaseUrl);
  const env = {
    ...process.env,
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: username,
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: DATABASE,
  };
  await startProgram(program, ['-i', '-s', String(SCALE), '-q'], { env, quiet: true }).output;
  const before = postgresMs(system) + endedChildrenMs();
  const args = ['-c', String(CLIENTS), '-j', '2', '-T', String(seconds)];
  const output = await startProgram(program, args, { env, quiet: true }).output;
  // Their processor time counts once PostgreSQL has seen their end.
  const hasBackends = () => treeOf(system.launcher).some(({ command }) => command.includes(` ${DATABASE} `));
  await until(() => !hasBackends(), { what: 'the end of the backends of pgbench' });
  const spent = postgresMs(system) + endedChildrenMs() - before;
  const rate = Number(/tps = ([\d.]+)/.exec(output)?.[1]);
  const count = Number(/actually processed: (\d+)/.exec(output)?.[1]);
  return { rate, processorMs: spent / count, by: 'pgbench' };
};

function postgresMs({ launcher }: System): number {
  return processorMs(treeOf(launcher).filter(({ command }) => command.includes('postgres')));
}

const TABLES = [
  'CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88)) WITH (fillfactor = 100)',
  'CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int, filler char(84))',
  'CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84))',
  'CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))',
  `INSERT INTO pgbench_branches SELECT n, 0, '' FROM generate_series(1, ${SCALE}) AS n`,
  `INSERT INTO pgbench_tellers SELECT n, (n - 1) / 10 + 1, 0, '' FROM generate_series(1, ${SCALE * 10}) AS n`,
  `INSERT INTO pgbench_accounts SELECT n, (n - 1) / 100000 + 1, 0, '' FROM generate_series(1, ${SCALE * 100_000}) AS n`,
  'VACUUM ANALYZE',
];

const upTo = (most: number) => 1 + Math.floor(Math.random() * most);

async function throughPg(system: System, seconds: number): Promise<TpcB> {
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, () => connectTo(system.databaseUrl, DATABASE)),
  );
  try {
    for (const statement of TABLES) await clients[0]?.query(statement);
    const before = postgresMs(system) + ownMs();
    const deadline = performance.now() + seconds * 1_000;
    let count = 0;
    const work = async (client: pg.Client) => {
      for (; performance.now() < deadline; count++) await transact(client);
    };
    await Promise.all(clients.map(work));
    const spent = postgresMs(system) + ownMs() - before;
    return { rate: count / seconds, processorMs: spent / count, by: 'pg, as no pgbench was found' };
  } finally {
    for (const client of clients) await client.end();
  }
}

function ownMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function transact(client: pg.Client): Promise<void> {
  const [aid, tid, bid] = [upTo(SCALE * 100_000), upTo(SCALE * 10), upTo(SCALE)];
  const delta = upTo(10_001) - 5_001;
  await client.query('BEGIN');
  await client.query(`UPDATE pgbench_accounts SET abalance = abalance + ${delta} WHERE aid = ${aid}`);
  await client.query(`SELECT abalance FROM pgbench_accounts WHERE aid = ${aid}`);
  await client.query(`UPDATE pgbench_tellers SET tbalance = tbalance + ${delta} WHERE tid = ${tid}`);
  await client.query(`UPDATE pgbench_branches SET bbalance = bbalance + ${delta} WHERE bid = ${bid}`);
  await client.query(
    `INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (${tid}, ${bid}, ${aid}, ${delta}, CURRENT_TIMESTAMP)`,
  );
  await client.query('END');
}
