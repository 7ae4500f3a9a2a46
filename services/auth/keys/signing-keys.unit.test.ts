import { describe, expect, it } from '@jest/globals';
import { TOKEN_LIFE_MS } from '#mixins/identity/access-token.ts';
import { publicKeyOf } from '#mixins/identity/public-key.ts';
import {
  believedKeysAt,
  comingKeyAt,
  dueStepsAt,
  idTokenKeyAt,
  lastTokenEnds,
  retirementOf,
  type StoredKey,
  signingKeyAt,
  stateOfKey,
} from './signing-keys.ts';

const key = (kid: string, signsFrom: number | null, retiredAt: number | null = null): StoredKey => ({
  kid,
  publicJwk: {},
  privateJwk: {},
  privateJwe: null,
  idPublicJwk: { kid: `${kid}-id` },
  idPrivateJwe: 'sealed',
  signsFrom: signsFrom === null ? null : new Date(signsFrom),
  retiredAt: retiredAt === null ? null : new Date(retiredAt),
  openedAt: null,
});
const old = key('old', 0, 300);
const next = key('next', 200);
const at = (time: number) => ({
  signs: signingKeyAt([next, old], new Date(time))?.kid,
  believed: believedKeysAt([next, old], new Date(time)).map(({ kid }) => kid),
  states: [old, next].map((each) => stateOfKey(each, [next, old], new Date(time))),
  coming: comingKeyAt([next, old], new Date(time))?.kid,
});

describe('a key that replaces another', () => {
  it('AUTH-1: is trusted before it signs', () => {
    expect(at(100)).toEqual({
      signs: 'old',
      believed: ['next', 'old'],
      states: ['signing', 'published'],
      coming: 'next',
    });
  });

  it('signs while its predecessor is still trusted', () => {
    expect(at(200)).toEqual({
      signs: 'next',
      believed: ['next', 'old'],
      states: ['believed', 'signing'],
      coming: undefined,
    });
  });

  it('is the only key when its predecessor is retired', () => {
    expect(at(300)).toEqual({
      signs: 'next',
      believed: ['next'],
      states: ['retired', 'signing'],
      coming: undefined,
    });
  });
});

describe('a key that may not be published yet', () => {
  const waiting = key('waiting', null);
  const now = new Date(1_000);

  it('AUTH-1: does not sign, however long it waits', () => {
    const keys = [key('old', 0), waiting];
    expect(signingKeyAt(keys, new Date(Date.UTC(9999, 0)))?.kid).toBe('old');
    expect(comingKeyAt(keys, now)?.kid).toBe('waiting');
    expect(dueStepsAt(keys, now, () => false)).toEqual({ begins: undefined, withdrawn: [] });
  });

  it('gets its time to sign when it is published', () => {
    expect(dueStepsAt([key('old', 0), waiting], now, ({ kid }) => kid === 'waiting').begins).toBe(waiting);
  });

  it('never gets one if it was revoked meanwhile', () => {
    const revoked = key('revoked', null, 900);
    expect(comingKeyAt([revoked], now)).toBeUndefined();
    expect(dueStepsAt([revoked], now, () => true)).toEqual({ begins: undefined, withdrawn: [revoked] });
  });
});

describe('earlier keys', () => {
  const now = new Date(1_000);
  const signing = key('signing', 0);
  const published = key('published', 2_000);

  it('are trusted until their last token has expired', () => {
    expect(lastTokenEnds(now).getTime() - now.getTime()).toBe(TOKEN_LIFE_MS);
    expect(TOKEN_LIFE_MS).toBeGreaterThanOrEqual(600_000);
    expect(retirementOf(signing, 'at-once', now)).toEqual(lastTokenEnds(now));
    expect(retirementOf(signing, 'overlap', now)).toBeNull();
  });

  it('are not trusted any more if they are revoked, or have signed nothing yet', () => {
    expect(retirementOf(signing, 'revoke', now)).toBe(now);
    expect(retirementOf(published, 'revoke', now)).toBe(now);
    expect(retirementOf(published, 'at-once', now)).toBe(now);
  });
});

describe('an empty set of keys', () => {
  it('cannot sign', () => {
    expect(signingKeyAt([], new Date())).toBeUndefined();
  });
});

it('AUTH-1: a public key as clients see it has only the fields of a public key', () => {
  const shown = { kty: 'OKP', crv: 'Ed25519', x: 'eA', kid: 'k', alg: 'EdDSA', use: 'sig' } as const;
  expect(publicKeyOf({ ...shown, d: 's3cret', x5u: 'https://example.com' })).toEqual(shown);
});

describe('the key of ID tokens', () => {
  it('belongs to the key that signs', () => {
    expect(idTokenKeyAt([next, old], new Date(100))?.kid).toBe('old');
    expect(idTokenKeyAt([next, old], new Date(200))?.kid).toBe('next');
  });

  it('belongs to the key that takes over where the signing one is of an earlier release', () => {
    const earlier = { ...old, idPublicJwk: null, idPrivateJwe: null };
    expect(idTokenKeyAt([next, earlier], new Date(100))?.kid).toBe('next');
    expect(idTokenKeyAt([earlier], new Date(100))).toBeUndefined();
  });
});
