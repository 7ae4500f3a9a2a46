import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, fingerprintOfParams } from './canonical.ts';

describe('canonical JSON', () => {
  it('sorts the keys of every object and leaves lists as they are', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }, 'x'], a: { f: null, e: undefined } })).toBe(
      '{"a":{"f":null},"b":[{"c":2,"d":1},"x"]}',
    );
    expect(canonicalJson(undefined)).toBe('null');
    expect(canonicalJson(new Date(0))).toBe('"1970-01-01T00:00:00.000Z"');
  });

  it('is the same text for the same value, in any order of its keys', () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, part]) => [key, shuffled(part)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('contains keys with any name', () => {
    expect(canonicalJson(JSON.parse('{"__proto__":{"b":1},"a":2}'))).toBe('{"__proto__":{"b":1},"a":2}');
  });
});

describe('the fingerprint of params', () => {
  it('is 64 hex digits, the same for equal params only', () => {
    const fingerprint = fingerprintOfParams({ title: 'a', description: 'b' });
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprintOfParams({ description: 'b', title: 'a' })).toBe(fingerprint);
    expect(fingerprintOfParams({ title: 'a', description: 'c' })).not.toBe(fingerprint);
  });
});
