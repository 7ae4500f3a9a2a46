/** One command of the REPL without its session: `npm run repl -- consumers accounting`. */
import type { Cluster } from '#mixins/repl/cluster.ts';
import type { Command } from '#mixins/repl/command.ts';
import { explain } from '#mixins/repl/explain.ts';
import { JsonPrinter, PlainPrinter } from './plain-printer.ts';
import { UsageError, type Words } from './words.ts';

export const USAGE = `Usage: npm run repl                                        opens the session
       npm run repl -- COMMAND [words and options] [--json]  runs one command

Exit status of a command: 0 it was done and found nothing wrong, 1 otherwise, 2 wrong words.
Commands:`;

/** The usage of the REPL, with its commands. */
export function overviewOf(commands: readonly Command[]): string[] {
  const width = Math.max(...commands.map(({ command }) => command.length)) + 2;
  return [USAGE, ...commands.map(({ command, description }) => `  ${command.padEnd(width)}${description}`)];
}

/** The command with this name or former name. Throws a `UsageError` for others. */
export function namedCommand(commands: readonly Command[], name: string): Command {
  const found = commands.find(({ command, alias }) => command.split(' ')[0] === name || alias === name);
  if (found === undefined)
    throw new UsageError(
      `There is no command ${JSON.stringify(name)} outside the session. All that there are: npm run repl -- --help`,
    );
  return found;
}

/** Runs a command and prints its answer. Returns the exit status. Ctrl-C aborts it. */
export async function runOnce(
  cluster: Cluster,
  { run }: Command,
  { operands, options, isJson }: Words,
  width: number,
): Promise<number> {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  const printer = isJson ? new JsonPrinter() : new PlainPrinter(width, console.log);
  let error: string | undefined;
  try {
    await run(cluster, { operands, options, interrupted: controller.signal }, printer);
  } catch (thrown) {
    error = explain(thrown);
  }
  if (printer instanceof JsonPrinter) console.log(printer.text(error));
  else if (error !== undefined) console.error(error);
  return error === undefined && !printer.hasFailed ? 0 : 1;
}
