/**
 * Reads the databases of a system, and stops a shuffle midway. Otherwise a shuffle may end before
 * its process is killed.
 */
import pg from 'pg';
import { databaseName } from '#mixins/names.ts';

export interface Place {
  /** The URL of the server, with a superuser. */
  readonly databaseUrl: string;
  readonly namespace: string;
}

async function connect({ databaseUrl, namespace }: Place, service: string): Promise<pg.Client> {
  const url = new URL(databaseUrl);
  url.pathname = `/${databaseName(namespace, service)}`;
  const client = new pg.Client({ connectionString: url.href });
  // Its server may be killed.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

export interface Held {
  /** Lets it go on; nothing to do where the server was killed. */
  release(): Promise<void>;
}

/**
 * From now on any shuffle waits in the middle of the open tasks, with the chunks before that drawn
 * and committed.
 */
export async function holdShuffles(place: Place): Promise<Held> {
  const client = await connect(place, 'tasks');
  await client.query('BEGIN');
  // The one in the middle alone: FOR UPDATE would also lock those that OFFSET leaves out.
  const { rowCount } = await client.query(
    `WITH middle AS MATERIALIZED (
       SELECT id FROM task WHERE status = 'open' ORDER BY position
       OFFSET (SELECT count(*) / 2 FROM task WHERE status = 'open') LIMIT 1
     ) SELECT FROM task WHERE id = (SELECT id FROM middle) FOR UPDATE`,
  );
  if (rowCount !== 1) throw new Error('There is no open task to hold');
  return { release: () => client.end().catch(() => undefined) };
}

/** Holds what statements lock in a service's database, in a transaction of its own. */
export async function hold(place: Place, service: string, sql: string): Promise<Held> {
  const client = await connect(place, service);
  await client.query(`BEGIN; ${sql}`);
  return { release: () => client.end().catch(() => undefined) };
}

/** Runs a statement in a service's database, as its administrator would. */
export async function runIn(place: Place, service: string, sql: string): Promise<object[]> {
  const client = await connect(place, service);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

export interface Ledger {
  /** How many postings are booked: fees and rewards. */
  count(): Promise<number>;
  close(): Promise<void>;
}

/** For looks in quick succession, which over HTTP would need the very node that is to be killed. */
export async function openLedger(place: Place): Promise<Ledger> {
  const client = await connect(place, 'accounting');
  return {
    async count() {
      const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM posting');
      return rows[0]?.count ?? 0;
    },
    close: () => client.end(),
  };
}
