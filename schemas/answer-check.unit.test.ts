import { describe, expect, it } from '@jest/globals';
import { defineAction } from './action.ts';
import { AnswerCheck, UndeclaredAnswer } from './answer-check.ts';
import {
  amount,
  array,
  boolean,
  currency,
  json,
  list,
  nullable,
  object,
  oneOf,
  openObject,
  record,
  string,
  sum,
  time,
} from './answers.ts';
import { businessDay, id, page, whole } from './params.ts';

const ID = '0198c0de-0000-7000-8000-000000000001';
const person = object({ id: id(), name: string() });

const check = new AnswerCheck(
  defineAction({
    action: 'birds.get',
    route: 'POST /birds',
    access: 'signed-in',
    status: 201,
    otherStatus: 202,
    summary: 'Gets a bird.',
    answer: {
      id: id(),
      owner: person,
      keeper: nullable(person),
      kind: oneOf('parrot', 'owl'),
      caged: oneOf(false),
      tame: boolean(),
      age: whole(0, 100),
      balance: amount(),
      paid: sum(),
      currency: currency(),
      day: businessDay(),
      at: time(),
      feathers: array(object({ colour: string() })),
      words: record(whole(1)),
      remarks: array(openObject({ code: string() })),
      data: json(),
    },
    problems: ['conflict'],
  }),
);

const BIRD = {
  id: ID,
  owner: { id: ID, name: '' },
  keeper: null,
  kind: 'owl',
  caged: false,
  tame: true,
  age: 0,
  balance: -5,
  paid: 0,
  currency: 'USD',
  day: '2026-03-01',
  at: '2026-03-01T12:00:00.000Z',
  feathers: [{ colour: 'red' }],
  words: { hello: 2 },
  remarks: [{ code: 'x', other: [1] }],
  data: null,
};

const refusal = (result: unknown, status?: number): string => {
  try {
    check.checkResult(result, status);
  } catch (error) {
    if (error instanceof UndeclaredAnswer) return error.message;
    throw error;
  }
  return '';
};

describe('an answer', () => {
  it('may be as its contract declares it', () => {
    expect(refusal(BIRD)).toBe('');
    expect(refusal({ ...BIRD, keeper: BIRD.owner, data: { any: [1, null] } })).toBe('');
  });

  it('is checked as JSON: a Date is the text of its time', () => {
    expect(refusal({ ...BIRD, at: new Date() })).toBe('');
  });

  it('is refused with the name of its action', () => {
    expect(refusal({ ...BIRD, age: 'old' })).toMatch(/^birds\.get answers with age \(number\), which/);
  });

  it.each([
    ['id', 'no-uuid', 'id (uuid)'],
    ['owner', null, 'owner (required)'],
    ['owner', { id: ID, name: 7 }, 'owner.name (string)'],
    ['keeper', { id: ID }, 'keeper.name (required)'],
    ['kind', 'swan', 'kind (enumValue)'],
    ['caged', true, 'caged (enumValue)'],
    ['tame', 'true', 'tame (boolean)'],
    ['age', 1.5, 'age (numberInteger)'],
    ['age', 101, 'age (numberMax)'],
    ['balance', Number.NaN, 'balance (required)'],
    ['paid', -1, 'paid (numberMin)'],
    ['currency', 'usd', 'currency (stringPattern)'],
    ['day', '1 March', 'day (stringPattern)'],
    ['at', '2026-03-01 12:00:00+00', 'at (stringPattern)'],
    ['feathers', [{ colour: 'red' }, { colour: null }], 'feathers[1].colour (required)'],
    ['words', { hello: 'twice' }, 'words.hello (number)'],
    ['remarks', [{ other: 1 }], 'remarks[0].code (required)'],
  ])('is refused for a wrong field: %s = %j', (field, value, fault) => {
    expect(refusal({ ...BIRD, [field]: value })).toContain(`with ${fault},`);
  });

  it('is refused without a field', () => {
    const { data: _, ...rest } = BIRD;
    expect(refusal({ ...rest, age: undefined })).toContain('with age (required), data (required),');
  });

  it('is refused with a field that is not declared, at any depth', () => {
    const owner = { ...BIRD.owner, secret: 's3cret', token: 't0ken' };
    const message = refusal({ ...BIRD, owner, hash: 'h4sh' });
    expect(message).toContain('owner.secret (unknown field), owner.token (unknown field)');
    expect(message).toContain('hash (unknown field)');
    expect(message).not.toMatch(/s3cret|t0ken|h4sh/);
  });

  it.each([undefined, null, 'text', [BIRD]])('is refused if it is no object: %j', (result) => {
    expect(refusal(result)).toContain('a body (');
  });

  it('has the status of its contract, or the other one', () => {
    expect([201, 202].map((status) => refusal(BIRD, status))).toEqual(['', '']);
    expect(refusal(BIRD, 200)).toContain('the status 200');
  });
});

it('a list has a cursor of its next page, or null', () => {
  const birds = new AnswerCheck(
    defineAction({
      action: 'birds.list',
      route: 'GET /birds',
      access: 'anyone',
      summary: 'Lists birds.',
      params: page,
      answer: list({ id: id() }),
    }),
  );
  birds.checkResult({ items: [{ id: ID }], nextCursor: 'W10' });
  birds.checkResult({ items: [], nextCursor: null });
  expect(() => birds.checkResult({ items: [] })).toThrow('nextCursor (required)');
  expect(() => birds.checkResult({ items: [{ id: ID, name: '' }], nextCursor: null })).toThrow(
    'items[0].name (unknown field)',
  );
});

it('an answer without a body is null', () => {
  const none = new AnswerCheck(
    defineAction({
      action: 'birds.free',
      route: 'DELETE /birds',
      access: 'anyone',
      status: 204,
      summary: 'Frees birds.',
      answer: null,
    }),
  );
  none.checkResult(null);
  none.checkResult(undefined);
  expect(() => none.checkResult({})).toThrow('a body');
});

describe('a problem', () => {
  it.each(['conflict', 'validation_failed', 'token_stale', 'idempotency_key_reused', 'outcome_unknown'])(
    'may be declared or general: %s',
    (code) => {
      check.checkProblem(code);
    },
  );

  it.each(['not_found', 'forbidden', 'invalid_cursor', 'not_acceptable', 'nonsense'])(
    'is refused if it is neither: %s',
    (code) => {
      expect(() => check.checkProblem(code)).toThrow(
        `birds.get answers with the problem ${code}, which its contract does not declare`,
      );
    },
  );
});
