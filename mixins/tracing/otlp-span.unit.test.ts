import { describe, expect, it } from '@jest/globals';
import type { Span } from 'moleculer';
import { Problem } from '#schemas/errors.ts';
import { type OtlpResource, otlpSpan } from './otlp-span.ts';

const resource = { attributes: { 'service.name': 'parrots' } } as unknown as OtlpResource;
const ended = {
  name: 'parrots.hatch',
  type: 'internal',
  id: 'b7ad6b7169203331',
  traceID: '0af7651916cd43dd8448eb211c80319c',
  parentID: '00f067aa0ba902b7',
  startTime: 1_700_000_000_123,
  duration: 1.5,
  error: null,
  tags: { 'rpc.method': 'parrots.hatch' },
} as unknown as Span;
const withError = (error: unknown) => otlpSpan({ ...ended, error } as unknown as Span, resource);

describe('a span that ended', () => {
  it('is exported with its ids, times and attributes', () => {
    const span = otlpSpan(ended, resource);
    expect(span).toMatchObject({
      name: 'parrots.hatch',
      startTime: [1_700_000_000, 123_000_000],
      endTime: [1_700_000_000, 124_500_000],
      duration: [0, 1_500_000],
      status: { code: 0 },
      attributes: { 'rpc.method': 'parrots.hatch' },
      resource,
    });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    expect(span.spanContext()).toEqual({ traceId, spanId: 'b7ad6b7169203331', traceFlags: 1 });
    expect(span.parentSpanContext).toEqual({ traceId, spanId: '00f067aa0ba902b7', traceFlags: 1 });
  });

  it('may be the first of its trace', () => {
    const span = otlpSpan({ ...ended, parentID: null } as unknown as Span, resource);
    expect(span).not.toHaveProperty('parentSpanContext');
  });

  it('never ends before it began, also where the clock was set back', () => {
    const span = otlpSpan({ ...ended, duration: -5 } as unknown as Span, resource);
    expect(span.endTime).toEqual(span.startTime);
  });
});

describe('a span that ended with an error', () => {
  it('has failed, and names the error by its code, never by its text', () => {
    const error = Object.assign(new Error('Secret text'), { code: 'ECONNREFUSED' });
    const span = withError(error);
    expect(span.status).toEqual({ code: 2 });
    expect(span.attributes).toEqual({ 'rpc.method': 'parrots.hatch', 'error.type': 'ECONNREFUSED' });
    expect(JSON.stringify(span)).not.toContain('Secret');
    expect(withError(new TypeError('Secret text')).attributes).toMatchObject({ 'error.type': 'TypeError' });
  });

  it('has not failed if the error is an answer to a client', () => {
    const span = withError(new Problem('not_found'));
    expect(span.status).toEqual({ code: 0 });
    expect(span.attributes).toMatchObject({ 'error.type': 'not_found' });
    for (const failure of [new Problem('service_unavailable'), { code: 418 }]) {
      expect(withError(failure).status).toEqual({ code: 2 });
    }
  });

  it('names no error by what is no name', () => {
    expect(withError({ type: 'a text with blanks', code: 23_505 }).attributes).toMatchObject({
      'error.type': 'other',
    });
    expect(withError(true).attributes).toMatchObject({ 'error.type': 'other' });
  });
});
