/** Canonical JSON with sorted keys, for fingerprints: equal values have equal texts. Pure. */
import { createHash } from 'node:crypto';

/**
 * Returns JSON in which the keys of every object are sorted by code unit and keys without a value
 * are left out. Throws `TypeError` for a BigInt.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isPlain(part) ? sorted(part) : part)) ?? 'null';
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  const keys = Object.keys(value).sort();
  // Keys such as __proto__ stay own keys.
  return Object.assign(Object.create(null), Object.fromEntries(keys.map((key) => [key, value[key]])));
}

/**
 * SHA-256 of the canonical JSON of an action's params, in hex. It shows whether two requests with
 * the same `Idempotency-Key` are equal.
 */
export function fingerprintOfParams(params: unknown): string {
  return createHash('sha256').update(canonicalJson(params)).digest('hex');
}
