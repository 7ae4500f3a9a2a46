import { describe, expect, it } from '@jest/globals';
import { believedKeysAt, type StoredKey, signingKeyAt } from './signing-keys.ts';

const key = (kid: string, signsFrom: number, retiredAt: number | null = null): StoredKey => ({
  kid,
  publicJwk: {},
  privateJwk: {},
  signsFrom: new Date(signsFrom),
  retiredAt: retiredAt === null ? null : new Date(retiredAt),
});
const old = key('old', 0, 300);
const next = key('next', 200);
const at = (time: number) => ({
  signs: signingKeyAt([next, old], new Date(time))?.kid,
  believed: believedKeysAt([next, old], new Date(time)).map(({ kid }) => kid),
});

describe('a key that takes over from another', () => {
  it('is believed before it signs', () => {
    expect(at(100)).toEqual({ signs: 'old', believed: ['next', 'old'] });
  });

  it('signs while the one before it is still believed', () => {
    expect(at(200)).toEqual({ signs: 'next', believed: ['next', 'old'] });
  });

  it('is alone when the one before it is retired', () => {
    expect(at(300)).toEqual({ signs: 'next', believed: ['next'] });
  });
});

describe('no key', () => {
  it('signs nothing', () => {
    expect(signingKeyAt([], new Date())).toBeUndefined();
  });
});
