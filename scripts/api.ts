/**
 * `npm run api -- types` writes the types of the TypeScript client from the contracts. `npm run api
 * -- diff REV` prints what has changed since a revision. `npm run api -- freeze` writes the
 * released description, and refuses changes that break a client of the one before.
 */
import { writeFile } from 'node:fs/promises';
import { messageOf } from '#schemas/text.ts';
import { TYPES, typesOf } from '../clients/typescript/generate.ts';
import { changesBetween } from './api/changes.ts';
import { descriptionOf } from './api/description.ts';
import { breaches, readReleased, writeReleased } from './api/released.ts';
import { descriptionAt } from './api/revision.ts';
import { answerHelp } from './launcher/help.ts';

const USAGE = `Usage: npm run api -- types
       npm run api -- diff REVISION
       npm run api -- freeze

types   writes the types of the TypeScript client from the contracts
diff    prints what has changed for clients since a revision of Git
freeze  writes the released description, and refuses changes that break a client
Exit status: 0 done, 1 not done, 2 wrong words.`;

const PRODUCT = 'ates';

const commands: Readonly<Record<string, (revision?: string) => Promise<void>>> = {
  async types() {
    await writeFile(TYPES, await typesOf(await descriptionOf(PRODUCT)));
  },
  async diff(revision) {
    if (revision === undefined) throw new Error('Name a revision, such as HEAD~1 or a tag');
    const changes = changesBetween(await descriptionAt(revision, PRODUCT), await descriptionOf(PRODUCT));
    for (const { isBreaking, text } of changes)
      console.log(`${isBreaking ? 'BREAKING' : 'new     '}  ${text}`);
    if (changes.length === 0) console.log('Nothing has changed');
  },
  async freeze() {
    const now = await descriptionOf(PRODUCT);
    const found = breaches(await readReleased(PRODUCT), now);
    for (const { text } of found) console.error(text);
    if (found.length > 0)
      throw new Error('These changes break clients: raise the major version in package.json');
    await writeReleased(PRODUCT, now);
  },
};

answerHelp(USAGE);
const command = commands[process.argv[2] ?? ''];
if (command === undefined) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  try {
    await command(process.argv[3]);
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 1;
  }
}
