/**
 * `npm run restore -- FOLDER` restores a backup into a stopped system. `--replace` deletes the data
 * that are there. Without `DATABASE_URL` and `NATS_URL` it starts the servers of the data folder,
 * and stops them afterwards.
 *
 * The exit status is 0 for a restored system, 1 where something failed, and 2 for wrong arguments.
 */
import { readConfig } from '../config.ts';
import { restoreBackup } from './backup/restore-backup.ts';
import { exitWith } from './launcher/explain.ts';
import { answerHelp } from './launcher/help.ts';

const REPLACE = '--replace';
const USAGE = `Usage: npm run restore -- FOLDER [${REPLACE}]

Restores the backup in FOLDER into a stopped system: that of DATA_DIR, or of DATABASE_URL and NATS_URL.
${REPLACE} deletes the data that are there.`;

async function main(args: readonly string[]): Promise<number> {
  const [folder = '', ...others] = args.filter((arg) => arg !== REPLACE);
  if (folder === '' || folder.startsWith('-') || others.length > 0) {
    console.error(USAGE);
    return 2;
  }
  const config = { ...readConfig(process.env), serviceNatsUrls: {} };
  await restoreBackup({ config, folder, replace: args.includes(REPLACE), print: console.log });
  console.log('The backup is restored. Start the system, and see "After a restore" in docs/runbook.md');
  return 0;
}

answerHelp(USAGE);
await exitWith(main(process.argv.slice(2)));
