import { describe, expect, it } from '@jest/globals';
import type { TraceContext } from '#schemas/traceparent.ts';
import { decide, traceIdOf } from './sampling.ts';

const parent = (isSampled: boolean, traceId = `${'0'.repeat(31)}1`): TraceContext => ({
  traceId,
  spanId: 'b7ad6b7169203331',
  isSampled,
});
const ALWAYS = { ratio: 1, isParentBased: true };
const NEVER = { ratio: 0, isParentBased: true };
const HALF = { ratio: 0.5, isParentBased: false };
/** Above and below the half, by the digits that are random. */
const [HIGH, LOW] = [`${'0'.repeat(18)}80000000000000`, `${'f'.repeat(18)}7fffffffffffff`];

describe('a request without a parent', () => {
  const decided = (ratio: number, draw: number) =>
    decide({ ratio, isParentBased: true }, { parent: null, isTrusted: false }, draw);

  it('is recorded by the draw', () => {
    expect(decided(0.5, 0.499)).toBe(true);
    expect(decided(0.5, 0.5)).toBe(false);
    expect(decided(1, 0.999)).toBe(true);
    expect(decided(0, 0)).toBe(false);
  });
});

describe('the parent of a stranger', () => {
  it('forces neither a record nor its absence, by its flag or by its trace id', () => {
    expect(decide(NEVER, { parent: parent(true), isTrusted: false }, 0)).toBe(false);
    expect(decide(ALWAYS, { parent: parent(false), isTrusted: false }, 0.5)).toBe(true);
    expect(decide(HALF, { parent: parent(true, LOW), isTrusted: false }, 0.5)).toBe(false);
    expect(decide(HALF, { parent: parent(true, HIGH), isTrusted: false }, 0.4)).toBe(true);
  });
});

describe('the parent of a trusted proxy', () => {
  it('decides where the sampler is based on parents', () => {
    expect(decide(NEVER, { parent: parent(true), isTrusted: true }, 0)).toBe(true);
    expect(decide(ALWAYS, { parent: parent(false), isTrusted: true }, 0)).toBe(false);
  });

  it('gives the trace id by which all systems decide the same, where it is not', () => {
    for (const draw of [0, 0.9]) {
      expect(decide(HALF, { parent: parent(false, LOW), isTrusted: true }, draw)).toBe(true);
      expect(decide(HALF, { parent: parent(true, HIGH), isTrusted: true }, draw)).toBe(false);
    }
  });
});

describe('the trace id of a request', () => {
  it('is its id without dashes', () => {
    expect(traceIdOf('019A0B1C-2d3e-7f40-8a5b-6c7d8e9f0a1b')).toBe('019a0b1c2d3e7f408a5b6c7d8e9f0a1b');
  });

  it.each(['request-0001', '019a0b1c2d3e7f408a5b6c7d8e9f0a1b', '00000000-0000-0000-0000-000000000000'])(
    'is another one if that is no UUID: %s',
    (id) => {
      expect(traceIdOf(id)).toBeNull();
    },
  );
});
