/** `npm run api -- types` writes the types of the TypeScript client from the contracts. */
import { writeFile } from 'node:fs/promises';
import { messageOf } from '#schemas/text.ts';
import { TYPES, typesOf } from '../clients/typescript/generate.ts';
import { descriptionOf } from './api/description.ts';

const commands: Readonly<Record<string, () => Promise<void>>> = {
  async types() {
    await writeFile(TYPES, await typesOf(await descriptionOf('ates')));
  },
};

const command = commands[process.argv[2] ?? ''];
if (command === undefined) {
  console.error(`Usage: npm run api -- ${Object.keys(commands).join('|')}`);
  process.exitCode = 2;
} else {
  try {
    await command();
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 1;
  }
}
