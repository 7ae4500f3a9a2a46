import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { successorOf, useOfToken } from './session.ts';

const session = { id: 's', userId: 'u', revoked: false };
const fresh = { used: false, usedJustNow: false, expired: false };

describe('a refresh token', () => {
  it('can be used once', () => {
    expect(useOfToken(fresh, session, true)).toBe('rotate');
    expect(useOfToken({ ...fresh, used: true }, session, true)).toBe('reused');
  });

  it('AUTH-14: that was used just now gives the same successor', () => {
    expect(useOfToken({ ...fresh, used: true, usedJustNow: true }, session, true)).toBe('repeat');
    const key = createSecretKey(randomBytes(32));
    expect(successorOf(key, 'token')).toBe(successorOf(key, 'token'));
    expect(successorOf(key, 'token')).not.toBe(successorOf(createSecretKey(randomBytes(32)), 'token'));
  });

  it('that was used counts as a reuse even after it has expired', () => {
    expect(useOfToken({ ...fresh, used: true, expired: true }, session, true)).toBe('reused');
    expect(useOfToken({ ...fresh, expired: true }, session, true)).toBe('expired');
  });

  it('of an ended session, or of a deactivated user, is always refused', () => {
    for (const used of [true, false]) {
      expect(useOfToken({ ...fresh, used }, { ...session, revoked: true }, true)).toBe('ended');
      expect(useOfToken({ ...fresh, used }, session, false)).toBe('ended');
    }
  });
});
