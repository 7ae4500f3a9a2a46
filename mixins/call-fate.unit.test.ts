import { describe, expect, it } from '@jest/globals';
import { Errors } from 'moleculer';
import { Problem } from '#schemas/errors.ts';
import { fateOf } from './call-fate.ts';

const asked = { action: 'toys.make', nodeID: 'toys.one' };
const fate = (error: unknown) => fateOf(error, asked.action, asked.nodeID);

describe('a call that failed', () => {
  it('FAIL-5: has certainly not begun where its node refuses it or is not there', () => {
    expect(fate(new Errors.ServiceNotFoundError(asked))).toBe('not_begun');
    expect(fate(new Errors.ServiceNotAvailableError(asked))).toBe('not_begun');
  });

  it('FAIL-5: may have been carried out where its node has gone or is late', () => {
    expect(fate(new Errors.RequestRejectedError(asked))).toBe('unknown');
    expect(fate(new Errors.RequestTimeoutError(asked))).toBe('unknown');
  });

  it.each([
    ['a problem', new Problem('service_unavailable')],
    ['the failure of another call', new Errors.ServiceNotAvailableError({ ...asked, action: 'paint.mix' })],
    ['the failure of a call to another node', new Errors.RequestRejectedError({ ...asked, nodeID: 'x' })],
    ['an error without a type', new Error('SERVICE_NOT_AVAILABLE')],
    ['an error without data', Object.assign(new Error(), { type: 'SERVICE_NOT_AVAILABLE', data: null })],
    ['no error', undefined],
  ])('FAIL-5: was answered with %s', (_, error) => {
    expect(fate(error)).toBe('answered');
  });
});
