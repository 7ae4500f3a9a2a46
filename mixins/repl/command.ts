/** What a command of the operators' REPL is, and how moleculer-repl is given it. */
import { inspect } from 'node:util';
import type { ReplOptions } from 'moleculer';
import { truncate } from '#schemas/text.ts';
import type { Cluster } from './cluster.ts';
import { explain } from './explain.ts';

/** What was typed after the command's name. */
export interface Input {
  /** Words and quoted texts that are no options, in order. */
  readonly operands: readonly string[];
  /** By their long names in camel case. */
  readonly options: Readonly<Record<string, string | true | undefined>>;
  /** Aborted when Ctrl-C is pressed while the command runs. */
  readonly interrupted: AbortSignal;
}

/** What moleculer-repl lends its commands; the same that its own tables are made with. */
export interface Helpers {
  readonly table: (rows: readonly (readonly string[])[], options: object) => string;
  readonly getBorderCharacters: (name: string) => Readonly<Record<string, string>>;
  readonly kleur: {
    bold(text: string): string;
    gray(text: string): string;
    red(): { bold(text: string): string };
  };
}

export interface Command {
  /** In commander's words: the name, then `<required>`, `[optional]` and `[many...]` arguments. */
  readonly command: string;
  /** One line, as `help` shows it. */
  readonly description: string;
  readonly options?: readonly { readonly option: string; readonly description: string }[];
  /** Throws a `Refusal`, or what an action throws; it is told in one line, and the REPL goes on. */
  run(cluster: Cluster, input: Input, print: Printer): Promise<void>;
}

/** Columns where nobody looks at a terminal. */
const WIDE = 200;
/** Characters around the text of a cell: two spaces and a line. */
const CELL_FRAME = 3;
/** The last column is never cut shorter than this. */
const LEAST_LAST_COLUMN = 20;

/** Writes to the terminal, in the style of moleculer-repl's own commands. */
export interface Printer {
  line(text: string): void;
  /** Without rows: `none`. The last column is cut where the terminal is not wide enough. */
  table(head: readonly string[], rows: readonly (readonly string[])[], none: string): void;
  /** Names and values below each other; objects indented. */
  fields(values: Readonly<Record<string, unknown>>): void;
}

/** What is used of commander's Command. */
interface Parsed {
  readonly args: readonly string[];
  opts(): Input['options'];
  params?: Omit<Input, 'interrupted'>;
}

type ReplCommand = NonNullable<ReplOptions['customCommands']>[number];

/** The definition that moleculer-repl takes among its `customCommands`. `interruptible` gives each run its signal. */
export function customCommand(
  cluster: Cluster,
  { command, description, options = [], run }: Command,
  interruptible: (work: (signal: AbortSignal) => Promise<void>) => Promise<void>,
): ReplCommand {
  return {
    command,
    description,
    options: [...options],
    // moleculer-repl's own parser would take only the first of many words.
    parse(parsed: Parsed) {
      parsed.params = { operands: [...parsed.args], options: { ...parsed.opts() } };
    },
    async action(_broker: unknown, given: unknown, helpers: Helpers) {
      // What `parse` left; Moleculer's types promise an array.
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
      const width = Math.max(...Object.keys(values).map((name) => name.length)) + 2;
      for (const [name, value] of Object.entries(values)) {
        const text =
          typeof value === 'object' && value !== null
            ? `\n${inspect(value, { depth: 8 })}`
            : printable(String(value ?? '-'));
        console.log(`${kleur.bold(name.padEnd(width))}${text}`);
      }
    },
  };
}

/** What others wrote must neither break a table nor command the terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

/** Cuts the last column so that the rows are no wider than this, where that leaves something of it to read. */
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

/** A time as lists show it: UTC, to the second. Dates cross nodes as text. */
export function timeText(time: string | Date | null): string {
  return time === null ? '-' : new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
