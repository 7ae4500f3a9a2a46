/** One text for one value: JSON with sorted keys, for fingerprints. Pure. */
import { createHash } from 'node:crypto';

/**
 * JSON in which the keys of every object are sorted by code unit and those without a value left out, so that equal values have equal texts.
 * Throws `TypeError` for a BigInt.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isPlain(part) ? sorted(part) : part)) ?? 'null';
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  const keys = Object.keys(value).sort();
  // Keys such as __proto__ stay what they are: own keys.
  return Object.assign(Object.create(null), Object.fromEntries(keys.map((key) => [key, value[key]])));
}

/** SHA-256 of the canonical JSON of an action's params, in hex: whether two requests with one `Idempotency-Key` ask for the same. */
export function fingerprintOfParams(params: unknown): string {
  return createHash('sha256').update(canonicalJson(params)).digest('hex');
}
