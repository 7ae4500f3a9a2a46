/**
 * One moment of several databases. A service learns of a change of another only by an event, and
 * only the relay of an outbox publishes events. So all relays are held while the snapshots of all
 * databases are opened. No snapshot then has the effect of an event whose cause another one lacks:
 * the cause was committed before its relay was held. Requests go on meanwhile, and their events
 * wait for some hundredths of a second.
 */
import type pg from 'pg';
import type { Address } from '#mixins/database/address.ts';
import { RELAY_LOCK } from '#mixins/outbox/outbox.store.ts';
import { connectTo } from './connection.ts';

/**
 * Time limit for a relay to end its pass, in milliseconds. A pass takes some four seconds at most.
 */
const HELD_WITHIN_MS = 30_000;

export interface Cut {
  readonly takenAt: Date;
  /** A connection for each address, in a transaction that sees the moment of the cut. */
  readonly snapshots: readonly pg.Client[];
  end(): Promise<void>;
}

/** The addresses are those of owners. Throws the errors of PostgreSQL. */
export async function takeCut(addresses: readonly Address[]): Promise<Cut> {
  const holders = await connectAll(addresses);
  try {
    const snapshots = await connectAll(addresses);
    try {
      await Promise.all(holders.map(holdRelay));
      const takenAt = new Date();
      await Promise.all(snapshots.map(openSnapshot));
      return { takenAt, snapshots, end: () => endAll(snapshots) };
    } catch (error) {
      await endAll(snapshots);
      throw error;
    }
  } finally {
    // The end of a session releases its lock.
    await endAll(holders);
  }
}

/** A lock of the transaction, because a pooler may give the next transaction another session. */
async function holdRelay(client: pg.Client): Promise<void> {
  await client.query('BEGIN');
  await client.query(`SET LOCAL lock_timeout = ${HELD_WITHIN_MS}`);
  await client.query('SELECT pg_advisory_xact_lock($1::int, $2::int)', [...RELAY_LOCK]);
}

/** The first query of such a transaction opens its snapshot. */
async function openSnapshot(client: pg.Client): Promise<void> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await client.query('SELECT pg_current_snapshot()');
}

async function connectAll(addresses: readonly Address[]): Promise<pg.Client[]> {
  const connecting = await Promise.allSettled(addresses.map(connectTo));
  const clients = connecting.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failed = connecting.find((each) => each.status === 'rejected');
  if (failed === undefined) return clients;
  await endAll(clients);
  throw failed.reason;
}

async function endAll(clients: readonly pg.Client[]): Promise<void> {
  await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
}
