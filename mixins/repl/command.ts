/** The interface of a command of the operators' REPL. */
import type { Cluster } from './cluster.ts';

/** The words typed after the command's name. */
export interface Input {
  /** Words and quoted texts, without options, in order. */
  readonly operands: readonly string[];
  /** By their long names, in camel case. */
  readonly options: Readonly<Record<string, string | true | undefined>>;
  /** Aborted when Ctrl-C is pressed while the command runs. */
  readonly interrupted: AbortSignal;
}

export interface Command {
  /** The name, then `<required>`, `[optional]` and `[many...]` words. */
  readonly command: string;
  /** A former name of the command, which still works. */
  readonly alias?: string;
  /** One line, shown by `help`. */
  readonly description: string;
  /** Its place in `help`: the lowest comes first. */
  readonly place: number;
  readonly options?: readonly { readonly option: string; readonly description: string }[];
  /** Throws a `Refusal`, or an action's error. The REPL prints it in one line and goes on. */
  run(cluster: Cluster, input: Input, print: Printer): Promise<void>;
}

/** Writes to the terminal, or collects the answer as JSON. */
export interface Printer {
  line(text: string): void;
  /**
   * Prints `none` where there are no rows. Where the terminal is too narrow, the last columns are
   * below the others, and the last one is cut.
   */
  table(head: readonly string[], rows: readonly (readonly string[])[], none: string): void;
  /** One line for each name and value. Objects are indented. */
  fields(values: Readonly<Record<string, unknown>>): void;
  /** The answer reports something wrong, so the exit status of a single command is 1. */
  failed(): void;
  /** For commands that show something live. Undefined where the output is no terminal. */
  readonly screen?: Screen | undefined;
}

export interface Screen {
  readonly width: number;
  /** Replaces the previous drawing. */
  draw(lines: readonly string[]): void;
}

/** A time as lists show it: UTC, to the second. Dates cross nodes as text. */
export function timeText(time: string | Date | null): string {
  return time === null ? '-' : new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
