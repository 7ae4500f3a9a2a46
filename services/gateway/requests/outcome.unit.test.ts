import { describe, expect, it } from '@jest/globals';
import { Errors } from 'moleculer';
import { defineAction } from '#schemas/action.ts';
import { Problem } from '#schemas/errors.ts';
import { errorForClient, problemDocument, problemOf } from './problem.ts';
import { type Route, routesOf } from './routes.ts';

function route(
  line: `${'GET' | 'POST' | 'PATCH' | 'DELETE'} /${string}`,
  access: 'anyone' | 'signed-in',
): Route {
  const params = Object.fromEntries([...line.matchAll(/:(\w+)/g)].map(([, name]) => [name, { type: 'any' }]));
  const contract = defineAction({ action: 'x.y', route: line, access, summary: '', params, answer: null });
  return routesOf([contract], () => () => true)[0] as Route;
}
const problemFor = (to: Route, error: unknown, hadKey = false) =>
  problemOf(errorForClient(to, error, hadKey));

describe.each([
  ['had no answer', new Errors.RequestTimeoutError({ action: 'x.y', nodeID: 'node-1' })],
  ['had no answer to its COMMIT', new Problem('outcome_unknown')],
])('a call that %s', (_, error) => {
  it.each([
    ['POST /tasks', 'signed-in', 'same_idempotency_key', 'Idempotency-Key'],
    ['POST /auth/login', 'anyone', 'same_request', 'as it is'],
    ['PATCH /users/:id', 'signed-in', 'same_request', 'as it is'],
  ] as const)('C7: is 504, and states how it may be repeated: %s', (line, access, retry, detail) => {
    const problem = problemFor(route(line, access), error);
    expect(problem).toMatchObject({ status: 504, code: 'outcome_unknown', retry, retryAfter: 1 });
    expect(problem.detail).toContain(detail);
    expect(JSON.parse(problemDocument(problem, 'r'))).toMatchObject({ code: 'outcome_unknown', retry });
  });

  it.each([
    ['POST /tasks', 'signed-in', true, true],
    ['POST /tasks', 'signed-in', false, false],
    ['POST /auth/login', 'anyone', false, true],
    ['PATCH /users', 'signed-in', false, true],
  ] as const)(
    'C7: is retryable only if repeating it is safe: %s, %s, with a key: %s',
    (line, access, hadKey, retryable) => {
      const problem = problemFor(route(line, access), error, hadKey);
      expect(JSON.parse(problemDocument(problem, 'r'))).toMatchObject({ code: 'outcome_unknown', retryable });
    },
  );

  it('C7: is 503 if it only reads', () => {
    const problem = problemFor(route('GET /tasks', 'signed-in'), error);
    expect(problem).toMatchObject({ status: 503, code: 'service_unavailable', retryAfter: 1 });
    expect(JSON.parse(problemDocument(problem, 'r'))).not.toHaveProperty('retry');
  });
});

describe('a call that is refused for its form', () => {
  const refused = (...fields: string[]) =>
    new Problem('validation_failed', undefined, {
      errors: fields.map((field) => ({ field, code: 'date', message: `${field} is no day.` })),
    });
  const onDay = route('POST /days/:day/close', 'signed-in');

  it('API-2: is 404 if a param of the path is wrong', () => {
    const problem = problemFor(onDay, refused('reason', 'day'));
    expect(problem).toMatchObject({ status: 404, code: 'not_found' });
    expect(problem.detail).toContain('day is no day.');
    expect(problem).not.toHaveProperty('errors');
  });

  it('API-2: stays 422 if only others are', () => {
    expect(problemFor(onDay, refused('reason'))).toMatchObject({
      status: 422,
      errors: [{ field: 'reason' }],
    });
  });
});

describe('a call that is known not to have taken effect', () => {
  it.each([
    new Errors.ServiceNotFoundError({ action: 'x.y', nodeID: 'node-1' }),
    new Errors.RequestRejectedError({ action: 'x.y', nodeID: 'node-1' }),
    new Problem('service_unavailable'),
  ])('C7: is 503 on every route: %s', (error) => {
    expect(problemFor(route('POST /tasks', 'signed-in'), error)).toMatchObject({ status: 503 });
  });
});
