import { describe, expect, it } from '@jest/globals';
import { useOfToken } from './session.ts';

const session = { id: 's', userId: 'u', revoked: false };
const fresh = { used: false, expired: false };

describe('a refresh token', () => {
  it('can be used once', () => {
    expect(useOfToken(fresh, session, true)).toBe('rotate');
    expect(useOfToken({ used: true, expired: false }, session, true)).toBe('reused');
  });

  it('that was used counts as a reuse even after it has expired', () => {
    expect(useOfToken({ used: true, expired: true }, session, true)).toBe('reused');
    expect(useOfToken({ used: false, expired: true }, session, true)).toBe('expired');
  });

  it('of an ended session, or of a deactivated user, is always refused', () => {
    for (const used of [true, false]) {
      expect(useOfToken({ used, expired: false }, { ...session, revoked: true }, true)).toBe('ended');
      expect(useOfToken({ used, expired: false }, session, false)).toBe('ended');
    }
  });
});
