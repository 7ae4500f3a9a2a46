/** Shared parts of the tests of the seal. */
import pg from 'pg';
import { addressesOf } from '#mixins/database/address.ts';
import { type Client, loginAt, withClient } from '#mixins/database/client.ts';
import type { Database } from '#mixins/database/database.ts';
import type { Config } from '../../../config.ts';
import { type SealPass, sealOnce } from './seal-journal.handler.ts';

/**
 * Makes passes until everything is sealed. Returns the number of postings. Fails if it waits for a
 * transaction that nobody ends.
 */
export async function sealAll(database: Database, postingsABlock?: number): Promise<number> {
  let sealed = 0;
  let fence = null;
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; ) {
    const pass: SealPass = await sealOnce(database, fence, postingsABlock);
    if (pass.outcome === 'idle') return sealed;
    if (pass.outcome === 'sealed') sealed += pass.postings;
    fence = pass.outcome === 'waiting' ? pass.fence : null;
  }
  throw new Error('The journal could not be sealed within 10 s');
}

/** Runs statements as a superuser without triggers: the attacker against whom the seal protects. */
export async function asIntruder(config: Config, ...statements: string[]): Promise<void> {
  const { admin, runtime } = addressesOf(config, 'accounting');
  const client = new pg.Client(loginAt({ ...admin, database: runtime.database }));
  await client.connect();
  try {
    await client.query("SET session_replication_role = 'replica'");
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Works on a connection of the runtime role, as the command does. */
export function asReader<Result>(config: Config, work: (client: Client) => Promise<Result>): Promise<Result> {
  return withClient(addressesOf(config, 'accounting').reader, work);
}
