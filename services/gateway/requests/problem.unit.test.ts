import { describe, expect, it } from '@jest/globals';
import { Errors } from 'moleculer';
import { Problem } from '#schemas/errors.ts';
import { problemDocument, problemOf } from './problem.ts';

const WHERE = { action: 'tasks.create', nodeID: 'node-1' };

describe('an error because nothing can answer now', () => {
  it.each([
    new Errors.ServiceNotFoundError(WHERE),
    new Errors.ServiceNotAvailableError(WHERE),
    new Errors.RequestTimeoutError(WHERE),
    new Errors.RequestSkippedError(WHERE),
    new Errors.RequestRejectedError(WHERE),
    new Errors.QueueIsFullError({ ...WHERE, size: 1, limit: 1 }),
    new Problem('service_unavailable'),
  ])('is 503 and retryable: %s', (error) => {
    expect(problemOf(error)).toMatchObject({ status: 503, code: 'service_unavailable', retryAfter: 1 });
    expect(problemDocument(problemOf(error), 'r')).not.toContain('node-1');
  });
});

describe('an error of the catalogue', () => {
  it('keeps its detail, fields and delay, also from another node', () => {
    const errors = [{ field: 'email', code: 'taken', message: 'It is taken.' }];
    const problem = new Problem('too_many_requests', 'Slower', { errors, retryAfter: 2.2 });
    const { type, message, data } = problem;
    const remote = Object.assign(new Error(message), { name: 'MoleculerError', type, code: 429, data });
    for (const error of [problem, remote]) {
      expect(problemOf(error)).toEqual({
        status: 429,
        code: 'too_many_requests',
        detail: 'Slower',
        errors,
        retryAfter: 3,
      });
    }
  });
});

describe('a problem after which the same request may succeed', () => {
  it.each(['nobody_assignable', 'idempotency_key_in_use', 'request_timeout', 'outcome_unknown'] as const)(
    'says when to retry: %s',
    (code) => {
      expect(problemOf(new Problem(code))).toMatchObject({ code, retryAfter: 1 });
    },
  );

  it('is not one whose state has to change first', () => {
    expect(problemOf(new Problem('task_already_done'))).not.toHaveProperty('retryAfter');
  });
});

describe('a problem with fields of its own', () => {
  it('has those that the catalogue declares for it', () => {
    const day = { businessDay: '2026-03-31' };
    const document = problemDocument(problemOf(new Problem('day_changed', 'New', { members: { day } })), 'r');
    expect(JSON.parse(document)).toMatchObject({ code: 'day_changed', status: 409, detail: 'New', day });
    const other = problemDocument(problemOf(new Problem('conflict', 'New', { members: { day } })), 'r');
    expect(JSON.parse(other)).not.toHaveProperty('day');
  });
});

describe('a validation error', () => {
  it('names every field and never its value', () => {
    const error = new Errors.ValidationError('Parameters validation error!', 'VALIDATION_ERROR', [
      { type: 'stringMin', field: 'beak', message: 'Too short', actual: 'secret', nodeID: 'node-1' },
      { type: 'objectStrict', message: 'forbidden keys', actual: 'a, b' },
    ]);
    const answer = problemOf(error);
    expect(answer.errors?.map(({ field, code }) => [field, code])).toEqual([
      ['beak', 'string_min'],
      ['a', 'unknown_field'],
      ['b', 'unknown_field'],
    ]);
    expect(problemDocument(answer, 'r')).not.toMatch(/secret|node-1/);
  });
});

describe('any other error', () => {
  it.each([
    new Error('secret'),
    new TypeError('secret'),
    Object.assign(new Error('secret'), { code: 404, type: 'toString', data: 'secret' }),
    new Errors.MoleculerError('secret', 403, 'SECRET', { secret: 1 }),
    'secret',
    null,
    undefined,
  ])('is a 500 that reveals nothing: %s', (error) => {
    expect(problemOf(error)).toMatchObject({ status: 500, code: 'internal_error' });
    expect(problemDocument(problemOf(error), 'r')).not.toContain('secret');
  });
});
