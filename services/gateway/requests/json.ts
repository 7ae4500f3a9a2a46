/**
 * Parses JSON from untrusted clients. `JSON.parse` turns `__proto__` into an own property, which
 * the next assignment would turn into a prototype. A property `toString` makes a value that can't
 * be formatted. Such names are refused at every level. Of repeated names the last one counts. Pure.
 */
import { invalidField, Problem } from '#schemas/errors.ts';

/**
 * The deepest nesting of objects and arrays. No contract needs more than three, and later code may
 * recurse.
 */
export const MAX_DEPTH = 16;

const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype', 'toJSON', 'toString', 'valueOf']);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Whether a field of this name could become something other than a field. */
export function isForbiddenName(name: string): boolean {
  return FORBIDDEN_NAMES.has(name);
}

/** The problem that names such a field. */
export function forbiddenName(field: string): Problem {
  return invalidField({ field, code: 'forbidden_name', message: 'This name is not allowed.' });
}

/**
 * Throws `malformed_body` when the value is too deep, `validation_failed` when a name is forbidden.
 */
function inspect(value: unknown, path: string, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw new Problem('malformed_body', `The body is deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) inspect(item, `${path}[${index}]`, depth + 1);
    return;
  }
  for (const name of Object.keys(value)) {
    const field = path === '' ? name : `${path}.${name}`;
    if (isForbiddenName(name)) throw forbiddenName(field);
    inspect((value as Record<string, unknown>)[name], field, depth + 1);
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new Problem('malformed_body');
  }
}

/**
 * Parses the JSON object in a body; an empty body is an empty object. Throws `malformed_body` or
 * `validation_failed`.
 */
export function parseBody(bytes: Uint8Array): Record<string, unknown> {
  if (bytes.length === 0) return {};
  const value = parse(bytes);
  inspect(value, '', 1);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidField({ field: 'body', code: 'object', message: 'The body must be a JSON object.' });
  }
  return value as Record<string, unknown>;
}
