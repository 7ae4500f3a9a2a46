import { describe, expect, it } from '@jest/globals';
import { preferred } from './negotiate.ts';

const OFFERED = ['application/json', 'text/csv'];

describe('the type that a client prefers', () => {
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['text/csv', 'text/csv'],
    ['TEXT/CSV; charset=utf-8; header=present', 'text/csv'],
    ['text/*', 'text/csv'],
    ['text/csv, application/json', 'application/json'],
    ['text/csv, application/json;q=0.9', 'text/csv'],
    ['application/json;q=0, */*', 'text/csv'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/json'],
    ['text/csv;q=0.5, */*;q=0.1', 'text/csv'],
    ['nonsense, text/csv', 'text/csv'],
  ])('of %j is %s', (accept, type) => {
    expect(preferred(accept, OFFERED)).toBe(type);
  });

  it.each(['text/html', 'application/xml, image/*', '*/*;q=0', 'text/csv;q=0', 'nonsense'])(
    'of %j is not available',
    (accept) => {
      expect(preferred(accept, OFFERED)).toBeUndefined();
    },
  );
});
