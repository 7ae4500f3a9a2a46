/**
 * Runs a measurement of bench/ against private servers, as durable as those of `npm start`: `npm
 * run bench -- <name> [arguments]`. A bench's default export is a function that takes the
 * arguments. It reads the servers' addresses as tests do. A bench that starts its own servers
 * exports `startsServers`.
 */
import '../config.ts';
import { readdirSync } from 'node:fs';
import { setUpAsDelivered } from '../test/harness/global-setup.ts';
import tearDown from '../test/harness/global-teardown.ts';
import { answerHelp } from './launcher/help.ts';

const BENCH = new URL('../bench/', import.meta.url);

const names = readdirSync(BENCH)
  .filter((file) => /^[a-z-]+\.ts$/.test(file))
  .map((file) => file.slice(0, -'.ts'.length));
const USAGE = `Usage: npm run bench -- NAME [arguments]

Measures a part of the system on private servers of its own. Names: ${names.join(', ')}.
bench/RESULTS.md has results.`;

answerHelp(USAGE);
const [name = '', ...rest] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(USAGE);
  process.exit(2);
}

const { default: bench, startsServers = false } = (await import(new URL(`${name}.ts`, BENCH).href)) as {
  default: (args: readonly string[]) => Promise<void>;
  startsServers?: boolean;
};
if (startsServers) await bench(rest);
else {
  await setUpAsDelivered();
  try {
    await bench(rest);
  } finally {
    await tearDown();
  }
}
