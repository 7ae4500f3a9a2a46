import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changeUser, namedChanges, type User, type UserChanges, viewOf } from './user.ts';

const polly: User = {
  id: '6f1f0f8e-52a4-4a0c-8a86-6f6cf2a7c001',
  login: 'polly',
  name: 'Polly',
  email: 'polly@popug.test',
  locale: null,
  roles: ['developer', 'boss'],
  active: true,
  mustChangeBeak: false,
  createdAt: new Date('2026-03-31T12:30:00Z'),
  lastSignInAt: null,
  version: 4,
  tokenVersion: 2,
};
const admin: User = { ...polly, roles: ['admin', 'developer'] };

describe('an account', () => {
  it('does not change if the given fields are unchanged', () => {
    for (const changes of [
      {},
      { name: 'Polly', email: 'polly@popug.test', locale: null, active: true },
      { roles: ['boss', 'developer'] },
    ] satisfies UserChanges[]) {
      expect(changeUser(polly, changes)).toEqual({ kind: 'unchanged' });
    }
  });

  it('gets a new version by another name, e-mail or locale, and its tokens stay valid', () => {
    for (const changes of [{ name: 'Dolly' }, { email: 'dolly@popug.test' }, { locale: 'de' }]) {
      expect(changeUser(polly, changes)).toEqual({
        kind: 'changed',
        user: { ...polly, ...changes, version: 5 },
        outdatesTokens: false,
        endsSessions: null,
        losesAdmin: false,
      });
    }
  });

  it('has stale tokens after a change of roles, and its sessions go on', () => {
    expect(changeUser(polly, { roles: ['developer'] })).toEqual({
      kind: 'changed',
      user: { ...polly, roles: ['developer'], version: 5, tokenVersion: 3 },
      outdatesTokens: true,
      endsSessions: null,
      losesAdmin: false,
    });
  });

  it('loses its sessions by a deactivation and by a new beak', () => {
    expect(changeUser(polly, { active: false })).toMatchObject({
      user: { active: false, tokenVersion: 3 },
      endsSessions: 'deactivated',
    });
    expect(changeUser(polly, { beak: true })).toMatchObject({
      user: { ...polly, version: 5, tokenVersion: 3 },
      endsSessions: 'beak_changed',
    });
  });

  it('gets a newer token version when it is activated again', () => {
    const away = { ...polly, active: false };
    expect(changeUser(away, { active: true })).toMatchObject({
      user: { active: true, tokenVersion: 3 },
      endsSessions: null,
    });
  });
});

describe('an active admin', () => {
  it('AUTH-5: stops being one without the role, or by a deactivation', () => {
    expect(changeUser(admin, { roles: ['developer'] })).toMatchObject({ losesAdmin: true });
    expect(changeUser(admin, { active: false })).toMatchObject({ losesAdmin: true });
  });

  it('remains one with other roles added', () => {
    expect(changeUser(admin, { roles: ['admin'] })).toMatchObject({ losesAdmin: false });
    expect(changeUser({ ...admin, active: false }, { roles: [] })).toMatchObject({ losesAdmin: false });
  });
});

describe('any change', () => {
  it('raises the version by one and the token version by at most one, and never changes id and login', () => {
    const changes = fc.record(
      {
        name: fc.constantFrom('Polly', 'Dolly'),
        locale: fc.constantFrom(null, 'de'),
        roles: fc.uniqueArray(fc.constantFrom('admin', 'developer', 'boss')),
        active: fc.boolean(),
        beak: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(changes, fc.boolean(), (wanted, active) => {
        const user = { ...admin, active };
        const change = changeUser(user, wanted);
        if (change.kind === 'unchanged') return;
        expect(change.user).toMatchObject({ id: user.id, login: user.login, version: user.version + 1 });
        expect(change.user.tokenVersion - user.tokenVersion).toBe(change.outdatesTokens ? 1 : 0);
        expect(change.endsSessions !== null || change.losesAdmin ? change.outdatesTokens : true).toBe(true);
      }),
    );
  });
});

describe('the fields of a request', () => {
  it('are those with a value, and a locale that is removed', () => {
    expect(namedChanges({ name: null, email: undefined, active: false, locale: null, roles: [] })).toEqual({
      active: false,
      locale: null,
      roles: [],
    });
  });

  it('are shown without the versions', () => {
    const shown = [
      'id',
      'login',
      'name',
      'email',
      'locale',
      'roles',
      'active',
      'mustChangeBeak',
      'createdAt',
      'lastSignInAt',
    ];
    expect(Object.keys(viewOf(polly))).toEqual(shown);
  });
});
