/**
 * `npm run repl`: the operators' REPL on the running system. It joins as a node without services.
 * The system is found in the data folder, or at `NATS_URL` (and `DATABASE_URL`). Its user needs the
 * cluster's credentials. The log records changes under `operator:<user>@<host>`.
 *
 * `npm run repl -- COMMAND ...` runs one command. Its exit status is 0 if it was done and found
 * nothing wrong, 1 otherwise, and 2 for wrong words.
 */
import { type Cluster, clusterOf } from '#mixins/repl/cluster.ts';
import { type Config, type LogLevel, readConfig } from '../config.ts';
import { located } from './launcher/addresses.ts';
import { explain } from './launcher/explain.ts';
import { answerHelp } from './launcher/help.ts';
import { thisOperator } from './launcher/operator.ts';
import { commandsOf } from './repl/commands.ts';
import { join } from './repl/join.ts';
import { runCommand } from './repl/run-command.ts';
import { openSession } from './repl/session.ts';
import { commandLines, namedCommand, readWords, UsageError, usageOf } from './repl/words.ts';

const START = 'npm run repl -- ';
const USAGE = `Usage: npm run repl                                        opens the session
       npm run repl -- COMMAND [words and options] [--json]  runs one command

Exit status of a command: 0 it was done and found nothing wrong, 1 otherwise, 2 wrong words.
Commands:`;

/** The settings, with a log that does not stand between answers. */
function configWith(logLevel: LogLevel): Config {
  return readConfig({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL || logLevel });
}

async function joined<Result>(given: Config, work: (cluster: Cluster) => Promise<Result>): Promise<Result> {
  const config = located(given);
  const broker = await join(config, [...config.product.services.keys()]);
  try {
    return await work(clusterOf(broker, config, thisOperator()));
  } finally {
    await broker.stop();
  }
}

/** Returns the exit status. */
async function session(): Promise<number> {
  const config = configWith('warn');
  const commands = await commandsOf(config.product);
  await joined(config, (cluster) => openSession(cluster, commands, [...config.product.services.keys()]));
  return 0;
}

/** Returns the exit status. Ctrl-C aborts the command. */
async function single([name = '', ...args]: readonly string[]): Promise<number> {
  const config = configWith('fatal');
  const commands = await commandsOf(config.product);
  if (name.startsWith('-')) answerHelp([USAGE, ...commandLines(commands)].join('\n'), [name]);
  const command = namedCommand(commands, name, `${START}--help`);
  const words = readWords(command, args);
  if (words.isHelp) {
    console.log(usageOf(command, START).join('\n'));
    return 0;
  }
  return await joined(config, async (cluster) => {
    const controller = new AbortController();
    process.once('SIGINT', () => controller.abort());
    return (await runCommand(cluster, command, words, controller.signal, console.error)) ? 0 : 1;
  });
}

const args = process.argv.slice(2);
try {
  process.exit(await (args.length > 0 ? single(args) : session()));
} catch (error) {
  console.error(explain(error));
  process.exit(error instanceof UsageError ? 2 : 1);
}
