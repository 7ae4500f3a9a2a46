/**
 * `npm run backup -- FOLDER` backs up a running system: its databases, streams and secrets. Keep
 * the folder as safe as the system itself.
 *
 * Finds the system by the data folder, or by `DATABASE_URL` (a role that may make roles and
 * databases) and `NATS_URL` (a user with all rights). The exit status is 0 for a complete backup, 1
 * for none, and 2 for wrong arguments.
 */
import { readConfig } from '../config.ts';
import { makeBackup } from './backup/make-backup.ts';
import { inMegabytes } from './backup/progress.ts';
import { exitWith } from './launcher/explain.ts';
import { answerHelp } from './launcher/help.ts';

const USAGE = `Usage: npm run backup -- FOLDER

Backs up the running system into FOLDER, which must not exist. It holds secrets.
The system is that of DATA_DIR, or of DATABASE_URL and NATS_URL.`;

async function main(args: readonly string[]): Promise<number> {
  const [folder = ''] = args;
  if (args.length !== 1 || folder === '' || folder.startsWith('-')) {
    console.error(USAGE);
    return 2;
  }
  const bytes = await makeBackup({ config: readConfig(process.env), folder, print: console.log });
  console.log(`The backup in ${folder} is complete: ${inMegabytes(bytes)}`);
  return 0;
}

answerHelp(USAGE);
await exitWith(main(process.argv.slice(2)));
