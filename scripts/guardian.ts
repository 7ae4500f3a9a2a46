/**
 * Ends the processes of a launcher that was killed. It holds the other end of a pipe, which breaks
 * when the launcher dies.
 *
 * Call: `node guardian.ts <data folder> <launcher's pid> [remove]`. With `remove` the folder is
 * temporary: processes are killed at once, and the folder is deleted.
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
