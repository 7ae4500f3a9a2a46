/** Prints answers of commands without colours and frames, or collects them as JSON. */
import type { Printer } from '#mixins/repl/command.ts';
import { fieldLines, fitted, printable } from './custom-command.ts';

const GAP = '  ';

export class PlainPrinter implements Printer {
  hasFailed = false;
  readonly #width: number;
  readonly #write: (line: string) => void;

  constructor(width: number, write: (line: string) => void) {
    this.#width = width;
    this.#write = write;
  }

  line(text: string): void {
    this.#write(printable(text));
  }

  table(head: readonly string[], rows: readonly (readonly string[])[], none: string): void {
    if (rows.length === 0) {
      this.#write(none);
      return;
    }
    const fitting = fitted([head, ...rows.map((row) => row.map(printable))], this.#width);
    const widths = head.map((_, column) => Math.max(...fitting.map((row) => row[column]?.length ?? 0)));
    for (const row of fitting)
      this.#write(
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join(GAP)
          .trimEnd(),
      );
  }

  fields(values: Readonly<Record<string, unknown>>): void {
    for (const [name, text] of fieldLines(values)) this.#write(`${name}${text}`);
  }

  failed(): void {
    this.hasFailed = true;
  }
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
