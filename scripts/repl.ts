/**
 * `npm run repl`: the operators' REPL on the running system. It joins as a node without services,
 * and has moleculer-repl's own commands and those of this project. The system is found in the data
 * folder, or at `NATS_URL` (and `DATABASE_URL`). Its user needs the cluster's credentials. The log
 * records changes under `operator:<user>@<host>`.
 *
 * `npm run repl -- COMMAND ...` runs one of this project's commands. Its exit status is 0 if it was
 * done and found nothing wrong, 1 otherwise, and 2 for wrong words.
 */
import { clusterOf } from '#mixins/repl/cluster.ts';
import { readConfig } from '../config.ts';
import { located } from './launcher/addresses.ts';
import { explain } from './launcher/explain.ts';
import { thisOperator } from './launcher/operator.ts';
import { commandsOf } from './repl/commands.ts';
import { join } from './repl/join.ts';
import { namedCommand, overviewOf, runOnce } from './repl/one-shot.ts';
import { openSession } from './repl/session.ts';
import { readWords, UsageError, usageOf } from './repl/words.ts';

/** The width where the output is no terminal. */
const WIDE = 200;

async function single([name = '', ...args]: readonly string[]): Promise<number> {
  const given = readConfig({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL || 'fatal' });
  const commands = await commandsOf(given.product);
  if (name === '--help') return tell(overviewOf(commands));
  const command = namedCommand(commands, name);
  const words = readWords(command, args);
  if (words.isHelp) return tell(usageOf(command));
  const config = located(given);
  const broker = await join(config, [...config.product.services.keys()]);
  try {
    const cluster = clusterOf(broker, config, thisOperator());
    return await runOnce(cluster, command, words, process.stdout.columns ?? WIDE);
  } finally {
    await broker.stop();
  }
}

function tell(lines: readonly string[]): number {
  for (const line of lines) console.log(line);
  return 0;
}

const args = process.argv.slice(2);
try {
  if (args.length > 0) process.exit(await single(args));
  // Lines of the framework at `info` would appear between question and answer.
  const config = located(readConfig({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL || 'warn' }));
  const expected = [...config.product.services.keys()];
  await openSession(await join(config, expected), config, thisOperator(), expected);
} catch (error) {
  console.error(explain(error));
  process.exit(error instanceof UsageError ? 2 : 1);
}
