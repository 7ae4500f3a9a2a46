/**
 * `npm run retention -- FOLDER` archives the history that is older than `RETENTION_<WHAT>_DAYS`
 * into a new folder below FOLDER, then removes it. `--dry-run` only says what would be removed.
 *
 * Finds the system by the data folder, or by `DATABASE_URL` (a role that may make roles and
 * databases) and `NATS_URL` (a user with all rights). The exit status is 0 if everything that is
 * old enough was removed, 1 if something was refused or failed, and 2 for wrong arguments.
 */
import { readConfig } from '../config.ts';
import { exitWith } from './launcher/explain.ts';
import { answerHelp } from './launcher/help.ts';
import { thisOperator } from './launcher/operator.ts';
import { runRetention } from './retention/run-retention.ts';

const USAGE = `Usage: npm run retention -- FOLDER
       npm run retention -- --dry-run

Archives what is older than RETENTION_<WHAT>_DAYS below FOLDER, then removes it.
--dry-run only says what would be removed, and what is refused.`;

async function main(args: readonly string[]): Promise<number> {
  const [given = ''] = args;
  const isDry = given === '--dry-run';
  if (args.length !== 1 || given === '' || (given.startsWith('-') && !isDry)) {
    console.error(USAGE);
    return 2;
  }
  const isWhole = await runRetention({
    config: readConfig(process.env),
    folder: isDry ? null : given,
    by: thisOperator(),
    print: console.log,
  });
  return isWhole ? 0 : 1;
}

answerHelp(USAGE);
await exitWith(main(process.argv.slice(2)));
