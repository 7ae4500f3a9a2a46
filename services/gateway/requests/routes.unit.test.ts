import { describe, expect, it } from '@jest/globals';
import { defineAction } from '#schemas/action.ts';
import { optional, page } from '#schemas/params.ts';
import { byFixedSegments, paramsOf, routesOf } from './routes.ts';

const contract = defineAction({
  action: 'toys.list',
  route: 'GET /toys',
  access: 'anyone',
  status: 200,
  summary: 'Lists toys.',
  params: {
    $$strict: true,
    ...page,
    below: optional({ type: 'number', integer: true, convert: true } as const),
    active: optional({ type: 'boolean', convert: true } as const),
  },
  answer: null,
});
const [route] = routesOf([contract], () => () => true);

describe('numbers and truth values in a query', () => {
  it.each([
    ['limit', '0x1'],
    ['limit', '1e1'],
    ['limit', '5.0'],
    ['limit', ' 20'],
    ['limit', '+5'],
    ['below', ''],
    ['below', '99999999999999999'],
    ['active', '1'],
    ['active', 'TRUE'],
  ])('%s="%s" is refused with its name', (field, value) => {
    if (route === undefined) throw new Error('no route');
    expect(() => paramsOf(route, {}, { [field]: value })).toThrow(
      expect.objectContaining({
        type: 'validation_failed',
        data: { errors: [expect.objectContaining({ field })] },
      }),
    );
  });

  it('are accepted in their only form', () => {
    if (route === undefined) throw new Error('no route');
    const form = { limit: '20', below: '-5', active: 'true' };
    expect(paramsOf(route, {}, form)).toEqual(form);
  });
});

describe('a path with fixed segments', () => {
  it('API-2: comes before one with parameters in their place, in any order of declaration', () => {
    const sorted = ['/toys/new', '/toys/new/:part', '/toys/:id/boxes', '/toys/:id/:part', '/:all'];
    for (const paths of [sorted.toReversed(), sorted.toSorted(), sorted]) {
      const found = paths.toSorted(byFixedSegments);
      for (const [fixed, open] of [
        ['/toys/new', '/:all'],
        ['/toys/new/:part', '/toys/:id/:part'],
        ['/toys/:id/boxes', '/toys/:id/:part'],
      ]) {
        expect(found.indexOf(fixed ?? '')).toBeLessThan(found.indexOf(open ?? ''));
      }
    }
  });
});
