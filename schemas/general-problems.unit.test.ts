import { expect, it } from '@jest/globals';
import { type ActionContract, defineAction } from './action.ts';
import { list } from './answers.ts';
import { generalProblems } from './general-problems.ts';
import { page } from './params.ts';

type Declared = Pick<ActionContract, 'route' | 'access'> & Partial<ActionContract>;

const of = (declared: Declared) =>
  generalProblems(defineAction({ action: 'x.y', summary: '', answer: null, ...declared }));
const ofRead = of({ route: 'GET /x', access: 'anyone' });

/** The problems that a route has beside those of a GET for anyone. */
const more = (declared: Declared) => of(declared).filter((code) => !ofRead.includes(code));

it('a route for anyone can fail by its form, the limits of clients and the system', () => {
  expect(ofRead).toEqual(
    expect.arrayContaining(['validation_failed', 'too_many_requests', 'service_unavailable']),
  );
});

it('a route for users also refuses tokens, and one for roles also other users', () => {
  const ofTokens = ['unauthenticated', 'invalid_token', 'token_expired', 'token_stale'];
  expect(more({ route: 'GET /x', access: 'signed-in' })).toEqual(ofTokens);
  expect(more({ route: 'GET /x', access: ['admin'] })).toEqual([...ofTokens, 'forbidden']);
});

it('a change may have an unknown outcome; bodies and idempotency keys add their own problems', () => {
  const ofBodies = ['malformed_body', 'body_too_large', 'unsupported_media_type'];
  expect(more({ route: 'DELETE /x', access: 'anyone' })).toEqual(['outcome_unknown']);
  expect(more({ route: 'PATCH /x', access: 'anyone' })).toEqual([...ofBodies, 'outcome_unknown']);
  expect(more({ route: 'POST /x', access: 'anyone' })).toEqual([...ofBodies, 'outcome_unknown']);
  expect(more({ route: 'POST /x', access: 'signed-in' })).toEqual(
    expect.arrayContaining(['idempotency_key_in_use', 'idempotency_key_reused']),
  );
});

it('a list may refuse its cursor, and other media types than its own', () => {
  expect(more({ route: 'GET /x', access: 'anyone', params: page })).toEqual(['invalid_cursor']);
  expect(more({ route: 'GET /x', access: 'anyone', answer: list({}) })).toEqual(['not_acceptable']);
});
