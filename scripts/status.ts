/**
 * `npm run status`: first what is wrong with the running system, in one line each, then an
 * overview. `--json` prints the same as JSON. The system is found as by `npm run repl`, and nothing
 * is changed.
 *
 * The exit status is 0 where all is well, 1 where something is wrong, and 2 where that could not be
 * found out: no system runs, or NATS or the credentials do not answer.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { clusterOf } from '#mixins/repl/cluster.ts';
import { type Config, readConfig } from '../config.ts';
import { located } from './launcher/addresses.ts';
import { explain } from './launcher/explain.ts';
import { answerHelp } from './launcher/help.ts';
import { LaunchError } from './launcher/launch-error.ts';
import { thisOperator } from './launcher/operator.ts';
import { join } from './repl/join.ts';
import { statusLines } from './status/overview.ts';
import { readStatus, type Status } from './status/read-status.client.ts';

const USAGE = `Usage: npm run status [-- --json]

Says what is wrong with the running system, then shows an overview.
Exit status: 0 all is well, 1 something is wrong, 2 it could not be found out.`;

/** Time limit of the whole command, in milliseconds. A system that is up takes about a second. */
const WITHIN_MS = 15_000;
/** Where the output is no terminal. */
const WIDTH = 80;

async function ask(config: Config): Promise<Status> {
  const broker = await join(config, [...config.product.services.keys()]);
  try {
    return await readStatus(clusterOf(broker, config, thisOperator()));
  } finally {
    await broker.stop();
  }
}

async function late(): Promise<never> {
  await delay(WITHIN_MS);
  throw new LaunchError(`The system did not answer within ${WITHIN_MS / 1_000} s`);
}

async function main(args: readonly string[]): Promise<number> {
  const isJson = args.includes('--json');
  if (args.some((arg) => arg !== '--json')) {
    console.error(USAGE);
    return 2;
  }
  try {
    // The log would stand between the lines.
    const config = located(readConfig({ ...process.env, LOG_LEVEL: 'fatal' }));
    const status = await Promise.race([ask(config), late()]);
    const state = status.troubles.length === 0 ? 'well' : 'wrong';
    if (isJson) console.log(JSON.stringify({ state, ...status }, null, 2));
    else
      for (const line of statusLines(config.namespace, status, process.stdout.columns ?? WIDTH))
        console.log(line);
    return state === 'well' ? 0 : 1;
  } catch (error) {
    if (isJson) console.log(JSON.stringify({ state: 'unknown', reason: explain(error) }, null, 2));
    else console.error(explain(error));
    return 2;
  }
}

answerHelp(USAGE);
process.exit(await main(process.argv.slice(2)));
