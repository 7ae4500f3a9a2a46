/**
 * `npm run ledger -- verify` verifies the journal of accounting against its seal. If it can reach
 * NATS, it also compares the heads of closed days with the published ones; with `--heads` it must
 * reach NATS. Only reads.
 *
 * Finds the system by the data folder, or by `DATABASE_URL` (and `NATS_URL`) if they are set. The
 * exit status is 0 for an intact journal, 1 for a journal that was tampered with, and 2 when the
 * journal could not be verified.
 */
// This import comes first, because it removes options of drivers from the environment.
import '../config.ts';
import { withOperatorUser } from '#mixins/bus/nats-user.ts';
import { type Config, readConfig } from '../config.ts';
import { reportJournal } from '../services/accounting/seal/report-journal.client.ts';
import { findAddresses, noSystem } from './launcher/addresses.ts';
import { exitWith } from './launcher/explain.ts';
import { answerHelp } from './launcher/help.ts';

const USAGE = `Usage: npm run ledger -- verify [--heads]

Verifies the journal of accounting against its seal, and changes nothing. It also compares the heads of
closed days with the published ones where NATS answers; with --heads NATS must answer.
The system is that of DATA_DIR, or of DATABASE_URL (and NATS_URL).
Exit status: 0 intact, 1 tampered with, 2 it could not be verified.`;

const INTACT = 0;
const TAMPERED = 1;
const UNKNOWN = 2;

/** Where the system is: named by variables, or found in the data folder. */
function located(config: Config): Config {
  const found = findAddresses(config.dataDir);
  const databaseUrl = config.databaseUrl ?? found?.databaseUrl ?? null;
  if (databaseUrl === null && config.serviceDatabaseUrls.accounting === undefined) {
    throw noSystem(config, 'DATABASE_URL');
  }
  // The stream of another system would belong to another journal. So the NATS that was found is
  // used only with the database that was found.
  const ours = config.databaseUrl === null && found !== null ? found.natsUrl.split(',') : [];
  return { ...config, databaseUrl, natsUrls: config.natsUrls.length > 0 ? config.natsUrls : ours };
}

async function main([command, ...options]: readonly string[]): Promise<number> {
  if (command !== 'verify' || options.some((option) => option !== '--heads')) {
    console.error(USAGE);
    return UNKNOWN;
  }
  const config = located(withOperatorUser(readConfig(process.env)));
  const { lines, isIntact } = await reportJournal(config, options.length > 0);
  for (const line of lines) console.log(line);
  return isIntact ? INTACT : TAMPERED;
}

answerHelp(USAGE);
await exitWith(main(process.argv.slice(2)), UNKNOWN);
