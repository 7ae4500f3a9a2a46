/**
 * `npm run schemas -- check` compares every event contract with its released snapshots. `npm run
 * schemas -- freeze` writes the snapshots of new and changed contracts, and refuses changes that
 * break a released one.
 */
import { loadEventContracts } from '#schemas/load.ts';
import { freeze, readSnapshots, violations } from '#schemas/snapshots.ts';
import { messageOf } from '#schemas/text.ts';
import { answerHelp } from './launcher/help.ts';

const USAGE = `Usage: npm run schemas -- [check | freeze]

check   compares every event contract with its released snapshots; the default
freeze  writes the snapshots of new and changed contracts, and refuses changes that break a released one
Exit status: 0 all is well, 1 a contract breaks a released one, 2 wrong words.`;

const commands: Readonly<Record<string, () => Promise<void>>> = {
  async check() {
    const found = violations(await loadEventContracts(), await readSnapshots());
    for (const violation of found) console.error(violation);
    if (found.length > 0) process.exitCode = 1;
  },
  async freeze() {
    const files = await freeze(await loadEventContracts());
    for (const file of files) console.log(`schemas/snapshots/${file}`);
    if (files.length === 0) console.log('Nothing has changed');
  },
};

answerHelp(USAGE);
const command = commands[process.argv[2] ?? 'check'];
if (command === undefined) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  try {
    await command();
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 1;
  }
}
