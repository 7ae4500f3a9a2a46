import { describe, expect, it } from '@jest/globals';
import { type ActionContract, defineAction } from '#schemas/action.ts';
import { list, nullable, object, oneOf, string } from '#schemas/answers.ts';
import { optional, page, whole } from '#schemas/params.ts';
import { openApiDocument } from '../../services/gateway/openapi/document.ts';
import { changesBetween } from './changes.ts';
import { descriptionOf } from './description.ts';
import { breaches, readReleased } from './released.ts';

const documentOf = (contract: ActionContract | null, version = '1.0.0') =>
  JSON.parse(
    JSON.stringify(
      openApiDocument({
        title: 'Toys',
        version,
        contracts: contract === null ? [] : [contract],
        answers: new Map(),
      }),
    ),
  );

const base = {
  action: 'toys.list',
  route: 'GET /toys',
  access: ['admin', 'maker'],
  summary: 'Lists toys.',
  params: { ...page, sort: optional({ type: 'enum', values: ['name', '-name'] } as const) },
  answer: list({ name: string(), box: nullable(object({ size: whole(0, 9) })), kind: oneOf('car', 'ball') }),
} as const;
const creation = {
  action: 'toys.make',
  route: 'POST /toys',
  access: 'signed-in',
  summary: 'Makes a toy.',
  params: { name: { type: 'string', max: 20 }, size: optional(whole(1, 9)) },
  answer: { name: string() },
} as const;

const changes = (before: ActionContract | null, after: ActionContract | null) =>
  changesBetween(documentOf(before), documentOf(after));

const item = { name: string(), box: nullable(object({ size: whole(0, 9) })), kind: oneOf('car', 'ball') };

describe('a change of a list', () => {
  const was = defineAction(base);

  it.each([
    ['a route that goes', null],
    ['a role that loses access', { ...base, access: ['admin'] }],
    ['a param that goes', { ...base, params: page }],
    ['a param that is needed', { ...base, params: { ...base.params, box: string() } }],
    ['a value of a param that goes', { ...base, params: { ...page, sort: optional(oneOf('name')) } }],
    ['a limit that is lowered', { ...base, params: { ...base.params, limit: { ...page.limit, max: 100 } } }],
    ['a field that goes', { ...base, answer: list({ name: string(), kind: item.kind }) }],
    ['a field that may be null', { ...base, answer: list({ ...item, name: nullable(string()) }) }],
    ['a field of another type', { ...base, answer: list({ ...item, name: whole(0) }) }],
    [
      'a field within one that may be null',
      { ...base, answer: list({ ...item, box: nullable(object({})) }) },
    ],
  ])('API-7: breaks clients: %s', (_, after) => {
    const found = changes(was, after === null ? null : defineAction(after as never));
    expect(found.filter(({ isBreaking }) => isBreaking)).toHaveLength(1);
  });

  it.each([
    ['a role that gets access', { ...base, access: ['admin', 'maker', 'owner'] }],
    ['a param that may be there', { ...base, params: { ...base.params, box: optional(string()) } }],
    ['a value of a param', { ...base, params: { ...page, sort: optional(oneOf('name', '-name', 'size')) } }],
    ['a field of an answer', { ...base, answer: list({ ...item, size: whole(0) }) }],
    ['a value of an answer', { ...base, answer: list({ ...item, kind: oneOf('car', 'ball', 'kite') }) }],
    [
      'a field that is never null any more',
      { ...base, answer: list({ ...item, box: object({ size: whole(0, 9) }) }) },
    ],
    ['CSV', { ...base, csv: ['name'] }],
  ])('API-7: is told and breaks no client: %s', (_, after) => {
    const found = changes(was, defineAction(after as never));
    expect(found.map(({ isBreaking }) => isBreaking)).toEqual([false]);
  });

  it('is none where only texts differ', () => {
    expect(
      changes(was, defineAction({ ...base, summary: 'Lists all toys.', problems: ['conflict'] })),
    ).toEqual([]);
  });
});

describe('a change of a body', () => {
  const was = defineAction(creation);
  const { name, size } = creation.params;

  it.each([
    ['a field that is needed', { name, size, box: string() }],
    ['a field that became needed', { name, size: whole(1, 9) }],
    ['a field that goes', { name }],
    ['a shorter text', { name: { ...name, max: 10 }, size }],
  ])('API-7: breaks clients: %s', (_, params) => {
    const found = changes(was, defineAction({ ...creation, params: params as never }));
    expect(found.some(({ isBreaking }) => isBreaking)).toBe(true);
  });

  it.each([
    ['a field that may be there', { name, size, box: optional(string()) }],
    ['a field that is needed no more', { name: optional(name), size }],
    ['a longer text', { name: { ...name, max: 30 }, size }],
  ])('API-7: breaks no client: %s', (_, params) => {
    const found = changes(was, defineAction({ ...creation, params: params as never }));
    expect(found).not.toEqual([]);
    expect(found.filter(({ isBreaking }) => isBreaking)).toEqual([]);
  });
});

describe('the released description', () => {
  it('API-7: is kept, unless the major version has risen (`npm run api -- diff REV` shows all changes)', async () => {
    expect(breaches(await readReleased('ates'), await descriptionOf('ates'))).toEqual([]);
  });

  it('may be broken by a higher major version only', () => {
    const [old, gone] = [documentOf(defineAction(base)), documentOf(null)];
    expect(breaches(old, gone)).toEqual([{ isBreaking: true, text: 'GET /api/v1/toys was removed' }]);
    expect(breaches(old, documentOf(null, '1.1.0'))).toHaveLength(1);
    expect(breaches(old, documentOf(null, '2.0.0'))).toEqual([]);
  });
});
