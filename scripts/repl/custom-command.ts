/** Converts a command to moleculer-repl's form. */
import { inspect } from 'node:util';
import type { ReplOptions } from 'moleculer';
import type { Cluster } from '#mixins/repl/cluster.ts';
import type { Command, Input, Printer } from '#mixins/repl/command.ts';
import { explain } from '#mixins/repl/explain.ts';
import { truncate } from '#schemas/text.ts';

/** The helpers that moleculer-repl passes to its commands, and uses for its own tables. */
export interface Helpers {
  readonly table: (rows: readonly (readonly string[])[], options: object) => string;
  readonly getBorderCharacters: (name: string) => Readonly<Record<string, string>>;
  readonly kleur: {
    bold(text: string): string;
    gray(text: string): string;
    red(): { bold(text: string): string };
  };
}

/** The width where the output is no terminal. */
const WIDE = 200;
/** Characters around the text of a cell: two spaces and a line. */
const CELL_FRAME = 3;
/** The last column is never cut shorter than this. */
const LEAST_LAST_COLUMN = 20;

/** The used part of commander's Command. */
interface Parsed {
  readonly args: readonly string[];
  opts(): Input['options'];
  params?: Omit<Input, 'interrupted'>;
}

type ReplCommand = NonNullable<ReplOptions['customCommands']>[number];

/**
 * The definition for moleculer-repl's `customCommands`. `interruptible` passes a signal to each
 * run.
 */
export function customCommand(
  cluster: Cluster,
  { command, alias, description, options = [], run }: Command,
  interruptible: (work: (signal: AbortSignal) => Promise<void>) => Promise<void>,
): ReplCommand {
  return {
    command,
    description,
    ...(alias === undefined ? {} : { alias }),
    options: [...options],
    // moleculer-repl's own parser would take only the first of many words.
    parse(parsed: Parsed) {
      parsed.params = { operands: [...parsed.args], options: { ...parsed.opts() } };
    },
    async action(_broker: unknown, given: unknown, helpers: Helpers) {
      // The result of `parse`. Moleculer's types promise an array.
      const input = given as NonNullable<Parsed['params']>;
      try {
        await interruptible((interrupted) => run(cluster, { ...input, interrupted }, printerOf(helpers)));
      } catch (error) {
        console.error(helpers.kleur.red().bold(`>> ${explain(error)}`));
      }
    },
  };
}

function printerOf({ table, getBorderCharacters, kleur }: Helpers): Printer {
  const border = Object.fromEntries(
    Object.entries(getBorderCharacters('honeywell')).map(([part, character]) => [
      part,
      kleur.gray(character),
    ]),
  );
  const drawHorizontalLine = (index: number, count: number) => index <= 1 || index === count;
  return {
    line: (text) => console.log(printable(text)),
    table(head, rows, none) {
      if (rows.length === 0) return console.log(none);
      const fitting = fitted(
        [head, ...rows.map((row) => row.map(printable))],
        process.stdout.columns ?? WIDE,
      );
      const bold = (cells: readonly string[] = []) => cells.map((cell) => kleur.bold(cell));
      console.log(table([bold(fitting[0]), ...fitting.slice(1)], { border, drawHorizontalLine }).trimEnd());
    },
    fields(values) {
      for (const [name, text] of fieldLines(values)) console.log(`${kleur.bold(name)}${text}`);
    },
    // A session goes on, so it has no exit status.
    failed() {},
  };
}

/** Names, padded to one width, and their values. Objects are indented. */
export function fieldLines(values: Readonly<Record<string, unknown>>): [string, string][] {
  const width = Math.max(...Object.keys(values).map((name) => name.length)) + 2;
  return Object.entries(values).map(([name, value]) => [
    name.padEnd(width),
    typeof value === 'object' && value !== null
      ? `\n${inspect(value, { depth: 8 })}`
      : printable(String(value ?? '-')),
  ]);
}

/** Texts of others must not break a table or control the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

/** Cuts the last column to fit the width, but keeps at least a readable rest. */
export function fitted(rows: readonly (readonly string[])[], width: number): string[][] {
  const widest = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const others = (rows[0] ?? [])
    .slice(0, -1)
    .reduce((sum, _, column) => sum + widest(column) + CELL_FRAME, 0);
  const room = Math.max(LEAST_LAST_COLUMN, width - others - CELL_FRAME - 1);
  return rows.map((row) => [...row.slice(0, -1), cut(row.at(-1) ?? '', room)]);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${truncate(text, length - 1)}…`;
}
