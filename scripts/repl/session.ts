/** The session of the REPL: it runs one line after the other, from a terminal or a pipe. */
import { createInterface, type Interface } from 'node:readline';
import { styleText } from 'node:util';
import type { Cluster } from '#mixins/repl/cluster.ts';
import type { Command } from '#mixins/repl/command.ts';
import { explain } from '../launcher/explain.ts';
import { keepHistory, readHistory } from './history.ts';
import { whoIsThere } from './join.ts';
import { runCommand } from './run-command.ts';
import { commandLines, namedCommand, readWords, splitLine, usageOf } from './words.ts';

const HELP = 'help';
const QUIT = new Set(['q', 'quit', 'exit']);
/** The session's own words, as `help` shows them. */
const OWN = [
  { command: 'help [command]', description: 'Show all commands, or explain one' },
  { command: 'q', description: 'Leave, as Ctrl-D does' },
];

/**
 * Prints the available services and the prompt. Resolves at Ctrl-D or `q`, and after a signal to
 * end, when the lines so far are done.
 */
export async function openSession(
  cluster: Cluster,
  commands: readonly Command[],
  expected: readonly string[],
): Promise<void> {
  greet(cluster, expected);
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: `${cluster.config.namespace} $ `,
    completer: (line: string) => completions(commands, line),
    history: readHistory(),
  });
  lines.on('history', keepHistory);
  let running: AbortController | undefined;
  const interrupt = () => running?.abort();
  let isOpen = true;
  let hasQuit = false;
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  // Lines from a pipe arrive at once.
  let last = Promise.resolve();
  lines.on('line', (line) => {
    last = last.then(async () => {
      if (hasQuit) return;
      running = new AbortController();
      hasQuit = !(await answer(cluster, commands, splitLine(line), running.signal));
      running = undefined;
      if (hasQuit) lines.close();
      else if (isOpen) lines.prompt();
    });
  });
  lines.on('SIGINT', () => {
    interrupt();
    if (running === undefined) startLine(lines);
  });
  lines.on('close', () => {
    isOpen = false;
    resolve();
  });
  for (const name of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
    process.on(name, () => {
      interrupt();
      lines.close();
    });
  }
  lines.prompt();
  await closed;
  await last;
}

function greet({ broker, config, operator }: Cluster, expected: readonly string[]): void {
  const { services, nodes } = whoIsThere(broker);
  const away = expected.filter((name) => !services.includes(name));
  console.log(`${config.namespace}: ${nodes} ${nodes === 1 ? 'node' : 'nodes'} with ${services.join(', ')}`);
  if (away.length > 0) console.log(`Not there: ${away.join(', ')}`);
  console.log(`You are ${operator}. All commands: help. One of them: help <command>. Leave: q or Ctrl-D`);
}

/** Runs a line. Returns whether the session goes on. */
async function answer(
  cluster: Cluster,
  commands: readonly Command[],
  [name = '', ...args]: readonly string[],
  interrupted: AbortSignal,
): Promise<boolean> {
  if (QUIT.has(name)) return false;
  try {
    if (name === HELP) tell(helpOf(commands, args[0]));
    else if (name !== '') {
      const command = namedCommand(commands, name, HELP);
      const words = readWords(command, args);
      if (words.isHelp) tell(usageOf(command));
      else await runCommand(cluster, command, words, interrupted, tellError);
    }
  } catch (error) {
    tellError(explain(error));
  }
  return true;
}

function helpOf(commands: readonly Command[], name: string | undefined): string[] {
  if (name !== undefined) return usageOf(namedCommand(commands, name, HELP));
  return [...commandLines([...commands, ...OWN]), '', 'Options of each: help <command>'];
}

function completions(commands: readonly Command[], line: string): [string[], string] {
  const names = [...commands.map(({ command }) => command.split(' ')[0] ?? ''), HELP];
  const hits = names.filter((name) => name.startsWith(line));
  return [hits.length > 0 ? hits : names, line];
}

/** Ctrl-C gives up what was typed. */
function startLine(lines: Interface): void {
  lines.write(null, { ctrl: true, name: 'e' });
  lines.write(null, { ctrl: true, name: 'u' });
  process.stdout.write('\n');
  lines.prompt();
}

function tell(lines: readonly string[]): void {
  for (const line of lines) console.log(line);
}

function tellError(reason: string): void {
  console.error(styleText(['red', 'bold'], `>> ${reason}`, { stream: process.stderr }));
}
