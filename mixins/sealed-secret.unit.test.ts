import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { openSecret, sealingKeys, sealSecret } from './sealed-secret.ts';

const keys = () => sealingKeys(createSecretKey(randomBytes(32)));
const code = { recipient: 'pip@example.com', secret: 'k7m2x' };

describe('a sealed secret', () => {
  it('is read by the owner of the key, for its recipient', async () => {
    const { publicJwk, privateKey } = keys();
    const sealed = await sealSecret(publicJwk, code);
    expect(sealed).not.toContain(code.secret);
    expect(await openSecret(privateKey, sealed, code.recipient)).toBe(code.secret);
  });

  it('is not read for another recipient, by another key, or after a change', async () => {
    const { publicJwk, privateKey } = keys();
    const sealed = await sealSecret(publicJwk, code);
    await expect(openSecret(privateKey, sealed, 'eve@example.com')).rejects.toThrow();
    await expect(openSecret(keys().privateKey, sealed, code.recipient)).rejects.toThrow();
    const parts = sealed.split('.');
    parts[3] = `${parts[3]?.startsWith('A') ? 'B' : 'A'}${parts[3]?.slice(1)}`;
    await expect(openSecret(privateKey, parts.join('.'), code.recipient)).rejects.toThrow();
  });

  it('is opened by the same key after a restart', async () => {
    const kept = createSecretKey(randomBytes(32));
    const sealed = await sealSecret(sealingKeys(kept).publicJwk, code);
    expect(await openSecret(sealingKeys(kept).privateKey, sealed, code.recipient)).toBe(code.secret);
  });
});
