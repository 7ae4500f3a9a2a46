/**
 * `npm run ledger -- verify` verifies the journal of accounting against its seal. If it can reach
 * NATS, it also compares the heads of closed days with the published ones; with `--heads` it must
 * reach NATS. Only reads.
 *
 * Finds the system by the data folder, or by `DATABASE_URL` (and `NATS_URL`) if they are set. The
 * exit status is 0 for an intact journal, 1 for a journal that was tampered with, and 2 when the
 * journal could not be verified.
 */
// First: it removes options of drivers from the environment.
import '../config.ts';
import { withOperatorUser } from '#mixins/bus/nats-user.ts';
import { addressesOf } from '#mixins/database/address.ts';
import { type Client, withClient } from '#mixins/database/client.ts';
import { isDatabaseAway, sqlStateOf } from '#mixins/database/errors.ts';
import { NO_ROLE } from '#mixins/database/sql-states.ts';
import { messageOf } from '#schemas/text.ts';
import { type Config, readConfig } from '../config.ts';
import { readPublishedHeads } from '../services/accounting/seal/seal-heads.client.ts';
import { reportLines } from '../services/accounting/seal/seal-report.ts';
import { verifyJournal } from '../services/accounting/seal/seal-verify.query.ts';
import type { RecordedHead } from '../services/accounting/seal/seal-verify.ts';
import { findAddresses, noSystem } from './launcher/addresses.ts';
import { exitWith } from './launcher/explain.ts';
import { LaunchError } from './launcher/launch-error.ts';

const INTACT = 0;
const TAMPERED = 1;
const UNKNOWN = 2;

interface Published {
  /** Null where they could not be read. */
  readonly heads: readonly RecordedHead[] | null;
  /** Why not. */
  readonly reason: string;
}

async function publishedHeads(config: Config, wanted: boolean): Promise<Published> {
  if (config.natsUrls.length === 0 && !wanted) return { heads: null, reason: 'NATS_URL is not set' };
  try {
    return { heads: await readPublishedHeads(config), reason: '' };
  } catch (cause) {
    const reason = messageOf(cause);
    if (wanted) throw new LaunchError(`The published heads can't be read: ${reason}`, { cause });
    return { heads: null, reason };
  }
}

/** As the service's own role, which may read all of it and change nothing of it. */
async function reading<Result>(config: Config, work: (client: Client) => Promise<Result>): Promise<Result> {
  const { reader, owner } = addressesOf(config, 'accounting');
  try {
    return await withClient(reader, work);
  } catch (error) {
    if (isDatabaseAway(error)) {
      throw new LaunchError(`The database ${reader.database} can't be read: ${messageOf(error)}`, {
        cause: error,
      });
    }
    // The service runs as the owner where no role could be made for it.
    if (!NO_ROLE.test(sqlStateOf(error) ?? '')) throw error;
    return await withClient(owner, work);
  }
}

/** Where the system is: named by variables, or found in the data folder. */
function located(config: Config): Config {
  const found = findAddresses(config.dataDir);
  const databaseUrl = config.databaseUrl ?? found?.databaseUrl ?? null;
  if (databaseUrl === null && config.serviceDatabaseUrls.accounting === undefined) {
    throw noSystem(config, 'DATABASE_URL');
  }
  // The stream of another system would tell of another journal.
  const ours = config.databaseUrl === null && found !== null ? found.natsUrl.split(',') : [];
  return { ...config, databaseUrl, natsUrls: config.natsUrls.length > 0 ? config.natsUrls : ours };
}

async function main([command, ...options]: readonly string[]): Promise<number> {
  if (command !== 'verify' || options.some((option) => option !== '--heads')) {
    console.error('Usage: npm run ledger -- verify [--heads]');
    return UNKNOWN;
  }
  const config = located(withOperatorUser(readConfig(process.env)));
  const { heads, reason } = await publishedHeads(config, options.length > 0);
  const result = await reading(config, (client) => verifyJournal(client, heads));
  const journal = addressesOf(config, 'accounting').reader.database;
  for (const line of reportLines(journal, result, heads === null ? reason : true)) console.log(line);
  return result.found === 0 ? INTACT : TAMPERED;
}

await exitWith(main(process.argv.slice(2)), UNKNOWN);
