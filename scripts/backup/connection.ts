/** Connections that copy a whole database. Their statements have no time limit. */
import pg from 'pg';
import type { Address } from '#mixins/database/address.ts';
import { CONNECT_WITHIN_MS, loginAt, takeRole } from '#mixins/database/client.ts';
import { PROJECT } from '../../product.ts';

/** Shows in `pg_stat_activity`. */
const APPLICATION = `${PROJECT}-backup`;

/**
 * One form of text on every server, so that each can read what another has written. A copy may wait
 * for a slow disk, so no limit ends its transaction.
 */
const SETTINGS = `SET client_encoding = 'UTF8'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres';
  SET extra_float_digits = 1; SET bytea_output = 'hex'; SET timezone = 'UTC';
  SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0`;

/** The caller ends it. */
export async function connectTo(address: Address): Promise<pg.Client> {
  const client = new pg.Client({
    ...loginAt(address),
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    keepAlive: true,
    application_name: APPLICATION,
  });
  // The next statement reports a connection that is lost between two statements.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await takeRole(client, address);
    await client.query(SETTINGS);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}
