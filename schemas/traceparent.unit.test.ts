import { describe, expect, it } from '@jest/globals';
import { isRecorded, isTraceparent, readTraceparent, toTraceparent } from './traceparent.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const VALID = `00-${TRACE}-${SPAN}-01`;

describe('a well-formed traceparent', () => {
  it('has a trace, a span and flags', () => {
    const context = { traceId: TRACE, spanId: SPAN, isSampled: true };
    expect(readTraceparent(VALID)).toEqual(context);
    expect(toTraceparent(context)).toBe(VALID);
  });

  it.each([
    ['00', false],
    ['01', true],
    ['02', false],
    ['ff', true],
  ])('with the flags %s: is recorded: %s', (flags, isSampled) => {
    const text = `00-${TRACE}-${SPAN}-${flags}`;
    expect(readTraceparent(text)).toMatchObject({ isSampled });
    expect(isRecorded(text)).toBe(isSampled);
  });

  it('of a later version may have more fields, and goes on in ours', () => {
    const text = `cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`;
    const context = readTraceparent(text);
    expect(context && toTraceparent(context)).toBe(VALID);
  });
});

describe('a malformed traceparent', () => {
  it.each([
    '',
    'x',
    `ff-${TRACE}-${SPAN}-01`,
    `${VALID}-more`,
    `${VALID}0`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    VALID.toUpperCase(),
    ` ${VALID}`,
    `${VALID}, ${VALID}`,
    `cc-${TRACE}-${SPAN}-01.`,
  ])('counts as none: %j', (text) => {
    expect(isTraceparent(text)).toBe(false);
    expect(readTraceparent(text)).toBeNull();
    expect(isRecorded(text)).toBe(false);
  });

  it('is what a missing one is', () => {
    expect(readTraceparent(undefined)).toBeNull();
    expect(readTraceparent(null)).toBeNull();
  });
});
