/**
 * Queries a server over a connection of its own. No queue of a pool delays them, so they detect a
 * server that hangs.
 */
import pg from 'pg';
import { PROJECT } from '../../product.ts';
import type { Address } from './address.ts';
import { loginAt, takeRole } from './client.ts';
import { wrapDriverError } from './errors.ts';

/** Time limit of connecting, and time limit of an answer, in milliseconds. */
export const ANSWER_WITHIN_MS = 1_500;

/** Connects at the first query, and again after a failure. */
export class Probe {
  readonly #address: Address;
  readonly #config: pg.ClientConfig;
  #client: pg.Client | undefined;

  constructor(address: Address, service: string) {
    this.#address = address;
    this.#config = {
      ...loginAt(address),
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
      statement_timeout: ANSWER_WITHIN_MS,
      keepAlive: true,
      application_name: `${PROJECT}-${service} watch`,
    };
  }

  /**
   * Returns the only row of a statement. Connects first if needed. Callers send one query at a
   * time. Throws the database's error, or that of connecting.
   */
  async ask<Row extends object>(sql: string, bind: readonly unknown[] = []): Promise<Row> {
    try {
      const client = this.#client ?? (await this.#connect());
      const { rows } = await client.query<Row>(sql, [...bind]);
      if (rows[0] === undefined) throw new TypeError('One row was expected');
      return rows[0];
    } catch (error) {
      this.close();
      throw wrapDriverError(error);
    }
  }

  /** Closes at once. A server that hangs would not answer an orderly close. */
  close(): void {
    this.#client?.connection.stream.destroy();
    this.#client = undefined;
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client(this.#config);
    // The next query notices a connection that was lost since the last one.
    client.on('error', () => {});
    this.#client = client;
    await client.connect();
    await takeRole(client, this.#address);
    return client;
  }
}

/**
 * A standby has its primary's system identifier, also once it is promoted. The start time
 * identifies the server's process.
 */
export interface ServerIdentity {
  readonly system: string;
  readonly started: string;
}

const IDENTITY = `(SELECT system_identifier::text FROM pg_control_system()) AS system, pg_postmaster_start_time()::text AS started`;

export const LOOK_AT_PRIMARY = `SELECT ${IDENTITY}, pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::float8 AS written`;

/**
 * `replayed` is null for a server that is no standby (fed by logical replication). Its progress
 * cannot be read then.
 */
const LOOK_AT_REPLICA = `SELECT ${IDENTITY},
  CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::float8 END AS replayed,
  (SELECT count(*)::int FROM schema_migration WHERE name = ANY($1::text[])) AS migrations`;

/**
 * Checks that a replica has all that this release needs. Throws where it does not, or the error of
 * the query.
 */
export async function lookAtReplica(
  probe: Probe,
  migrations: readonly string[],
): Promise<ServerIdentity & { readonly replayed: number | null }> {
  const answer = await probe.ask<ServerIdentity & { replayed: number | null; migrations: number }>(
    LOOK_AT_REPLICA,
    [migrations],
  );
  const missing = migrations.length - answer.migrations;
  if (missing > 0) throw new Error(`it lacks ${missing} migrations`);
  return answer;
}
