import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { digestOfLogin, keptLogin } from './tried-login.ts';

const secret = createSecretKey(randomBytes(32));
const kept = (login: string, key = secret) => keptLogin(login, digestOfLogin(key, login), false);

describe('the login of a refused sign-in', () => {
  it('D11: is kept if an account has it', () => {
    expect(keptLogin('polly', digestOfLogin(secret, 'polly'), true)).toBe('polly');
  });

  it.each([
    'the shape of my beak',
    '',
    'x'.repeat(1_000_000),
    'a\u0000b\nc',
    '\ud800x',
    '🦜',
    'hmac-sha256:0',
  ])('D11: is otherwise a digest, of the same form for any text', (login) => {
    expect(kept(login)).toMatch(/^hmac-sha256:[0-9a-f]{32}$/);
    expect(kept(login)).toBe(kept(login));
  });

  it('D11: is another digest for another text or another secret', () => {
    expect(kept('polly ')).not.toBe(kept('polly'));
    expect(kept('polly', createSecretKey(randomBytes(32)))).not.toBe(kept('polly'));
  });
});
