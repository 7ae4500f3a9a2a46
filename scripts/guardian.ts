/**
 * Outlives a launcher that was killed: it holds the other end of a pipe, and when that breaks it
 * ends all that the launcher had started. `node guardian.ts <data folder> <launcher's pid>
 * [remove]`; with `remove` the folder is only temporary: all is killed at once and the folder
 * deleted.
 */
import { rmSync } from 'node:fs';
import { forgetAddresses } from './launcher/addresses.ts';
import { Children } from './launcher/children.ts';

const [dataDir, launcher, remove] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('The guardian needs the data folder');

for (const name of ['SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined);
process.stdin.on('error', () => undefined).resume();
await new Promise((resolve) => process.stdin.once('close', resolve));

// First, so that nobody finds them and so that those of a next start stay.
forgetAddresses(dataDir, Number(launcher));
await new Children(dataDir).end(remove !== undefined);
if (remove !== undefined) rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
