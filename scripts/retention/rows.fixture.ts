/** Removes old rows in the database of a test, as the command does. */
import { addressesOf } from '#mixins/database/address.ts';
import { makeSequelize } from '#mixins/database/sequelize.ts';
import { makeDatabase } from '#mixins/database/transaction.ts';
import type { RetainedRows } from '#mixins/retention/retained.ts';
import type { Config } from '../../config.ts';
import { connectTo } from '../backup/connection.ts';
import { type ArchivedRow, countDue, type Given, removeRows, rowsDue } from './rows.ts';

export interface RowsRun {
  /** What the plan counts. */
  readonly counted: number;
  readonly archived: readonly ArchivedRow[];
  readonly removed: number;
}

/** `meanwhile` is called between the archive and the removal. */
export async function retainRows(
  config: Config,
  service: string,
  retained: RetainedRows,
  given: Given,
  meanwhile: () => Promise<void> = async () => {},
): Promise<RowsRun> {
  const { owner } = addressesOf(config, service);
  const client = await connectTo(owner);
  const sequelize = makeSequelize({ service, primary: owner, read: null, poolSize: 1 });
  try {
    const counted = await countDue(client, retained, given);
    const archived: ArchivedRow[] = [];
    for await (const row of rowsDue(client, retained, given)) archived.push(row);
    await meanwhile();
    const database = makeDatabase({ service, sequelize, primary: owner, onError: () => undefined });
    const source = (async function* () {
      yield* archived;
    })();
    return { counted, archived, removed: await removeRows(database, retained, given, source) };
  } finally {
    await client.end();
    await sequelize.close();
  }
}
