/** Parses the query of a URL: each known parameter at most once, and no unknown ones. Pure. */
import { type FieldError, Problem } from '#schemas/errors.ts';
import { unknownField } from './field-errors.ts';
import { forbiddenName, isForbiddenName } from './json.ts';

/** More parameters than any route has. A query with more is not parsed. */
const MAX_PARAMETERS = 50;

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new Problem('malformed_query');
  }
}

function pairsIn(text: string): [name: string, value: string][] {
  const pairs = text.split('&', MAX_PARAMETERS + 1);
  if (pairs.length > MAX_PARAMETERS) throw new Problem('malformed_query', 'Too many query parameters');
  return pairs
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const name = decode(equals === -1 ? pair : pair.slice(0, equals));
      if (isForbiddenName(name)) throw forbiddenName(name);
      return [name, equals === -1 ? '' : decode(pair.slice(equals + 1))];
    });
}

/**
 * Parses the text after the question mark. Throws `malformed_query` for wrong percent-encoding or
 * too many parameters, and `validation_failed` with the unknown or repeated ones.
 */
export function parseQuery(query: string, known: ReadonlySet<string>): Record<string, string> {
  const params: Record<string, string> = {};
  if (query === '') return params;
  const errors: FieldError[] = [];
  for (const [name, value] of pairsIn(query)) {
    if (!known.has(name)) errors.push(unknownField(name, 'query'));
    else if (Object.hasOwn(params, name)) {
      errors.push({ field: name, code: 'repeated', message: `'${name}' may occur only once in the query.` });
    } else params[name] = value;
  }
  if (errors.length > 0) throw new Problem('validation_failed', undefined, { errors });
  return params;
}

/**
 * Parses the query or the form of a route with `protocol` as OAuth wants it (RFC 6749, 3.1):
 * unknown params and those without a value are ignored. Throws `malformed_query` for repeated ones.
 */
export function parseForm(text: string, known: ReadonlySet<string>): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, value] of pairsIn(text)) {
    if (!known.has(name)) continue;
    if (Object.hasOwn(params, name)) {
      throw new Problem('malformed_query', `'${name}' may occur only once`);
    }
    params[name] = value;
  }
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== ''));
}
