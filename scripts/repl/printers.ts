/** Prints the answers of commands as text, or collects them as JSON. */
import { styleText } from 'node:util';
import type { Printer, Screen } from '#mixins/repl/command.ts';
import { fieldLines, printable, tableLines } from './layout.ts';

/** The width where the output is no terminal. */
const WIDE = 200;
/** The size of a terminal that does not report one. */
const COLUMNS = 80;
const ROWS = 24;
/** Moves the cursor to the first place of the screen, and clears the screen. */
const CLEAR = '\u001b[H\u001b[J';

const bold = (text: string) => styleText('bold', text, { stream: process.stdout });

export class TextPrinter implements Printer {
  hasFailed = false;
  readonly screen: Screen | undefined;
  readonly #width: number;
  readonly #write: (line: string) => void;

  constructor(width: number, write: (line: string) => void, screen?: Screen) {
    this.#width = width;
    this.#write = write;
    this.screen = screen;
  }

  line(text: string): void {
    this.#write(printable(text));
  }

  table(head: readonly string[], rows: readonly (readonly string[])[], none: string): void {
    if (rows.length === 0) {
      this.#write(none);
      return;
    }
    const [first = [], ...others] = tableLines(head, rows, this.#width);
    for (const line of [...first.map(bold), ...others.flat()]) this.#write(line);
  }

  fields(values: Readonly<Record<string, unknown>>): void {
    for (const [name, text] of fieldLines(values, this.#width)) this.#write(`${bold(name)}${text}`);
  }

  failed(): void {
    this.hasFailed = true;
  }
}

/** Prints to this process's output, whose width may have changed since the last command. */
export function terminalPrinter(): TextPrinter {
  if (!process.stdout.isTTY) return new TextPrinter(WIDE, console.log);
  const width = process.stdout.columns || COLUMNS;
  return new TextPrinter(width, console.log, { width, draw });
}

function draw(lines: readonly string[]): void {
  const shown = lines.slice(0, (process.stdout.rows || ROWS) - 1);
  process.stdout.write(`${CLEAR}${shown.join('\n')}\n`);
}

export class JsonPrinter implements Printer {
  hasFailed = false;
  readonly #lines: string[] = [];
  readonly #rows: Record<string, string>[] = [];
  readonly #fields: Record<string, unknown> = {};

  line(text: string): void {
    this.#lines.push(text);
  }

  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    for (const row of rows)
      this.#rows.push(Object.fromEntries(head.map((name, column) => [name, row[column] ?? ''])));
  }

  fields(values: Readonly<Record<string, unknown>>): void {
    Object.assign(this.#fields, values);
  }

  failed(): void {
    this.hasFailed = true;
  }

  /** `error` is why the command was not done. */
  text(error: string | undefined): string {
    const answer = { rows: this.#rows, fields: this.#fields, lines: this.#lines, error: error ?? null };
    return JSON.stringify(answer, null, 2);
  }
}
