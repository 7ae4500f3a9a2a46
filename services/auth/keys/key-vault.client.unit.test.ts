import { describe, expect, it } from '@jest/globals';
import { compactDecrypt, decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose';
import { issueAccessToken, type TokenSubject } from '#mixins/identity/issue.ts';
import { IdentityKnowledge } from '#mixins/identity/knowledge.ts';
import { TokenVerifier } from '#mixins/identity/verifier.ts';
import { entryOfKey } from '../identity/identity-entries.ts';
import { KeyUnreadableError, KeyVault, type NewKey } from './key-vault.client.ts';
import type { StoredKey } from './signing-keys.ts';

const SUBJECT: TokenSubject = {
  userId: 'u',
  sessionId: 's',
  version: 1,
  login: 'polly',
  name: 'Polly',
  roles: [],
};
const stored = (key: NewKey): StoredKey => ({
  ...key,
  signsFrom: new Date(0),
  retiredAt: null,
  openedAt: null,
});

async function signsWellWith(vault: KeyVault, key: NewKey): Promise<boolean> {
  const token = await issueAccessToken(await vault.open(stored(key)), 'tests', SUBJECT, 'j', Date.now());
  const knowledge = new IdentityKnowledge();
  const { key: entry, value } = entryOfKey(key);
  await knowledge.apply({ key: entry, value: JSON.stringify(value) });
  const verifier = new TokenVerifier('tests', knowledge, async () => false);
  return (await verifier.verify(token)).userId === 'u';
}

describe('a vault with a secret', () => {
  const vault = new KeyVault('the password');

  it('AUTH-1: stores private halves that cannot be used without the secret', async () => {
    const key = await vault.make();
    expect(key.privateJwk).toBeNull();
    expect(key.publicJwk).not.toHaveProperty('d');
    expect(decodeProtectedHeader(key.privateJwe ?? '')).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      cty: 'jwk+json',
      kid: key.kid,
    });
    const guessed = new Uint8Array(32);
    await expect(compactDecrypt(key.privateJwe ?? '', guessed)).rejects.toThrow();
    expect(await signsWellWith(new KeyVault('the password'), key)).toBe(true);
  });

  it('cannot open halves that were sealed with another secret', async () => {
    const key = stored(await vault.make());
    for (const other of [new KeyVault('another password'), new KeyVault('')]) {
      await expect(other.open(key)).rejects.toThrow(KeyUnreadableError);
      // A second attempt fails, too.
      await expect(other.open(key)).rejects.toThrow(KeyUnreadableError);
    }
  });

  it('cannot open halves that were changed, wiped, or moved to another key', async () => {
    const [one, two] = [stored(await vault.make()), stored(await vault.make())];
    const [head, , iv, , tag] = (one.privateJwe ?? '').split('.');
    const [, , , text] = (two.privateJwe ?? '').split('.');
    const tampered = [head, '', iv, text, tag].join('.');
    for (const wrong of [
      { ...two, privateJwe: one.privateJwe },
      { ...one, privateJwe: tampered },
      { ...one, privateJwe: 'nonsense' },
      { ...one, privateJwe: null },
      { ...one, privateJwe: null, privateJwk: one.publicJwk },
    ]) {
      await expect(vault.open(wrong)).rejects.toThrow(KeyUnreadableError);
    }
    await expect(vault.open(one)).resolves.toMatchObject({ kid: one.kid });
  });

  it('uses plain halves of an earlier release', async () => {
    const key = await vault.make();
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const named = { kid: key.kid, alg: 'EdDSA' };
    const plain = {
      ...key,
      privateJwe: null,
      privateJwk: { ...(await exportJWK(privateKey)), ...named },
      publicJwk: { ...(await exportJWK(publicKey)), ...named },
    };
    expect(await signsWellWith(vault, plain)).toBe(true);
  });

  it('F19: seals halves again that an earlier vault opens, and reads its secret each time', async () => {
    const asked: string[] = [];
    const today = new KeyVault(async () => {
      asked.push('asked');
      return 'the key secret';
    });
    const key = await vault.make();
    const resealed = { ...key, ...(await today.reseal(stored(key), vault)) };
    await expect(today.openIdTokenKey(stored(resealed))).resolves.toMatchObject({
      kid: key.idPublicJwk?.kid,
    });
    expect(await signsWellWith(new KeyVault('the key secret'), resealed)).toBe(true);
    await expect(new KeyVault('the password').open(stored(resealed))).rejects.toThrow(KeyUnreadableError);
    await expect(today.reseal(stored(key), new KeyVault('neither'))).rejects.toThrow(KeyUnreadableError);
    // For sealing both halves, and for opening one.
    expect(asked).toEqual(['asked', 'asked', 'asked']);
  });
});
