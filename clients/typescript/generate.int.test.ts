/** The types of the client, against the contracts. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { descriptionOf } from '../../scripts/api/description.ts';
import { TYPES, typesOf } from './generate.ts';

describe('the types of the client', () => {
  it('are those of the contracts (else run `npm run api -- types`)', async () => {
    expect(await readFile(TYPES, 'utf8')).toBe(await typesOf(await descriptionOf('ates')));
  });
});
