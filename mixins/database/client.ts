/** Single connections for provisioning and migrating. They have time limits of their own. */
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import { ConnectionError } from 'sequelize';
import { PROJECT } from '../../product.ts';
import type { Address, Encryption } from './address.ts';
import { sqlStateOf, wrapDriverError } from './errors.ts';

/** How long connecting may take, in milliseconds. */
export const CONNECT_WITHIN_MS = 5_000;

export interface Client {
  run(sql: string, bind?: readonly unknown[]): Promise<void>;
  rows<Row extends object>(sql: string, bind?: readonly unknown[]): Promise<Row[]>;
}

/**
 * Runs `work` on a connection of its own. Afterwards the connection ends, and with it the session's
 * locks.
 */
export async function withClient<Result>(
  address: Address,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({
    ...loginAt(address),
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    keepAlive: true,
    application_name: `${PROJECT}-migrations`,
  });
  // Without a listener, a connection that is lost between two statements would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    await takeRole(client, address);
  } catch (error) {
    // The caller never gets this connection, so it is closed here.
    await client.end().catch(() => {});
    throw sqlStateOf(error) === undefined ? new ConnectionError(error as Error) : wrapDriverError(error);
  }
  try {
    return await work(clientOf(client));
  } finally {
    await client.end().catch(() => {});
  }
}

function clientOf(client: pg.Client): Client {
  const query = async (sql: string, bind: readonly unknown[]) => {
    try {
      return await client.query<object>(sql, [...bind]);
    } catch (error) {
      throw wrapDriverError(error);
    }
  };
  return {
    run: async (sql, bind = []) => void (await query(sql, bind)),
    rows: async <Row extends object>(sql: string, bind: readonly unknown[] = []) =>
      (await query(sql, bind)).rows as Row[],
  };
}

/** The driver's options for an address. */
export function loginAt({ actAs: _, ssl, ...address }: Address): pg.ClientConfig {
  return { ...address, ssl: ssl === undefined ? false : tlsOptions(ssl) };
}

/** Options for Node's TLS. Throws where a file cannot be read. */
export function tlsOptions({ verify, rootCert, cert, key }: Encryption): ConnectionOptions {
  return {
    rejectUnauthorized: verify !== 'nothing',
    ...(verify === 'authority' ? { checkServerIdentity: () => undefined } : {}),
    ...(rootCert === undefined ? {} : { ca: readFileSync(rootCert) }),
    ...(cert === undefined ? {} : { cert: readFileSync(cert) }),
    ...(key === undefined ? {} : { key: readFileSync(key) }),
  };
}

/**
 * Takes the role of the address by a statement. A pooler may ignore start-up parameters, and then
 * the session would keep all rights of its user.
 */
export async function takeRole(client: pg.Client, { actAs }: Address): Promise<void> {
  if (actAs !== undefined) await client.query(`SET ROLE ${quoted(actAs)}`);
}

/** An identifier of PostgreSQL, quoted. */
export function quoted(identifier: string): string {
  return pg.escapeIdentifier(identifier);
}
