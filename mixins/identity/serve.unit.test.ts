import { expect, it } from '@jest/globals';
import { defineAction } from '#schemas/action.ts';
import { string, time } from '#schemas/answers.ts';
import { id, line } from '#schemas/params.ts';
import { serve } from './serve.ts';

const hatch = defineAction({
  action: 'parrots.hatch',
  route: 'POST /parrots',
  access: 'signed-in',
  status: 201,
  summary: 'Hatches a parrot.',
  params: { name: line(1, 20) },
  answer: { id: id(), name: string(), hatchedAt: time() },
  problems: ['conflict'],
});

it('an action has its contract, but neither its answer nor its problems, which nodes would exchange', () => {
  const handler = () => ({ id: '', name: '', hatchedAt: '' });
  const { answer: _, problems: __, ...rest } = hatch;
  expect(serve(hatch, handler)).toEqual({ ...rest, handler });
});

it('a handler with another result than the answer does not compile', () => {
  // @ts-expect-error: a field is missing.
  serve(hatch, () => ({ id: '', name: '' }));
  // @ts-expect-error: a field has another type.
  serve(hatch, async () => ({ id: '', name: 7, hatchedAt: '' }));
  // @ts-expect-error: a time is text.
  serve(hatch, () => ({ id: '', name: '', hatchedAt: new Date() }));
  // @ts-expect-error: it has a body.
  serve(hatch, () => null);
  expect(hatch.status).toBe(201);
});

it('a contract without an answer, or with a problem that the catalogue does not have, does not compile', () => {
  const declared = { action: 'parrots.look', route: 'GET /parrots', access: 'anyone', summary: '' } as const;
  // @ts-expect-error: `answer` is missing.
  defineAction(declared);
  // @ts-expect-error: there is no such code.
  defineAction({ ...declared, answer: null, problems: ['nonsense'] });
  expect(defineAction({ ...declared, answer: null }).problems).toEqual([]);
});
