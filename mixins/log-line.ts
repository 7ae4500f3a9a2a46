/** The parts of a line of the log, as loggers write them. Pure. */
import { inspect } from 'node:util';
import type { LogFields } from './log-scope.ts';

export interface LogLine {
  readonly text: string;
  /** Of the last argument, where it is a plain object. */
  readonly fields: LogFields;
  /** The first error of the arguments. */
  readonly error: Error | undefined;
}

/**
 * Splits the arguments of a logger. Only the name, message and stack of an error are written: its
 * other fields may hold data of a client or a statement's values.
 */
export function lineOf(args: readonly unknown[]): LogLine {
  const last = args.at(-1);
  const fields = args.length > 1 && isPlain(last) ? last : undefined;
  const parts = fields === undefined ? args : args.slice(0, -1);
  const error = parts.find((part) => part instanceof Error);
  const text = parts.map((part) => (part instanceof Error ? part.message : shown(part))).join(' ');
  return { text, fields: fields ?? {}, error };
}

/**
 * The ids at the end of a line for people, such as `[requestId 019d…]`; empty where there are none.
 */
export function suffixOf(ids: LogFields | undefined, text: string): string {
  const named: string[] = [];
  for (const [name, value] of Object.entries(ids ?? {})) {
    const id = Array.isArray(value) ? value.join(' ') : String(value);
    // Both ids of a request are equal, and its message may have them already.
    if (!text.includes(id) && !named.some((each) => each.endsWith(` ${id}`))) named.push(`${name} ${id}`);
  }
  return named.length === 0 ? '' : `[${named.join(', ')}]`;
}

export const shown = (part: unknown): string => (typeof part === 'string' ? part : inspect(part));

function isPlain(value: unknown): value is LogFields {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
