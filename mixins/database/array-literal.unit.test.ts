import { expect, it } from '@jest/globals';
import { arrayLiteral } from './array-literal.ts';

it('leaves arrays with other elements to the driver', () => {
  for (const values of [[new Date(0)], ['a', undefined], [['nested']], [{}]]) {
    expect(arrayLiteral(values)).toBe(values);
  }
});
