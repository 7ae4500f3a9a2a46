/**
 * The words after the name of a command, in a session and in `npm run repl -- <command> ...`. Pure.
 */
import { parseArgs } from 'node:util';
import type { Command, Input } from '#mixins/repl/command.ts';
import { messageOf } from '#schemas/text.ts';
import { LaunchError } from '../launcher/launch-error.ts';

export interface Words extends Omit<Input, 'interrupted'> {
  readonly isJson: boolean;
  readonly isHelp: boolean;
}

/** The words do not fit the command. */
export class UsageError extends LaunchError {}

/**
 * The words of a line. Quotes of both kinds keep spaces together. One without its end is a sign.
 */
export function splitLine(line: string): string[] {
  const words = line.match(/(?:"[^"]*"|'[^']*'|\S)+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, ...quoted) => quoted[0] ?? quoted[1]),
  );
}

/** The command with this name or former name. Throws a `UsageError` for others. */
export function namedCommand(commands: readonly Command[], name: string, help: string): Command {
  const found = commands.find(({ command, alias }) => command.split(' ')[0] === name || alias === name);
  if (found === undefined)
    throw new UsageError(`There is no command ${JSON.stringify(name)}. All that there are: ${help}`);
  return found;
}

/** Throws a `UsageError` for unknown options, and for too few or too many words. */
export function readWords({ command, options = [] }: Command, args: readonly string[]): Words {
  const known = options.map(({ option }) => /^--([a-z-]+)(?: <.+>)?$/.exec(option)?.[1] ?? option);
  const types = Object.fromEntries(
    known.map((name, index) => [
      name,
      { type: options[index]?.option.endsWith('>') ? ('string' as const) : ('boolean' as const) },
    ]),
  );
  const { values, positionals } = parsed(args, types);
  const { json, help, ...given } = values;
  const [, ...wanted] = command.split(' ');
  const least = wanted.filter((word) => word.startsWith('<')).length;
  const most = wanted.at(-1)?.includes('...') ? Number.POSITIVE_INFINITY : wanted.length;
  if (help !== true && positionals.length < least)
    throw new UsageError(`${wanted[positionals.length]} is missing`);
  if (positionals.length > most) throw new UsageError(`There are too many words: ${positionals.join(' ')}`);
  return {
    operands: positionals,
    options: Object.fromEntries(Object.entries(given).map(([name, value]) => [camelCase(name), value])),
    isJson: json === true,
    isHelp: help === true,
  };
}

function parsed(args: readonly string[], types: Readonly<Record<string, { type: 'string' | 'boolean' }>>) {
  const options = { ...types, json: { type: 'boolean' }, help: { type: 'boolean' } } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { values: values as Readonly<Record<string, string | true | undefined>>, positionals };
  } catch (cause) {
    // Node goes on with advice about positional arguments.
    const [message = ''] = messageOf(cause).split(/\. |\n/);
    throw new UsageError(message, { cause });
  }
}

/** A name of an option as `Input` has it. */
function camelCase(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** How a command is used, in lines. `start` is how it is begun outside of a session. */
export function usageOf({ command, description, options = [] }: Command, start = ''): string[] {
  const all = [...options, { option: '--json', description: 'print the answer as JSON' }];
  const width = Math.max(...all.map(({ option }) => option.length)) + 2;
  return [
    `Usage: ${start}${command} [options]`,
    '',
    description,
    '',
    ...all.map((each) => `  ${each.option.padEnd(width)}${each.description}`),
  ];
}

/** A line for each command: its name and its effect. */
export function commandLines(commands: readonly Pick<Command, 'command' | 'description'>[]): string[] {
  const width = Math.max(...commands.map(({ command }) => command.length)) + 2;
  return commands.map(({ command, description }) => `  ${command.padEnd(width)}${description}`);
}
