import { beforeEach, describe, expect, it } from '@jest/globals';
import { keyEntry, RETIRED_KEY, sessionEntry, userEntry } from './access-token.ts';
import { createTestIssuer, type TestIssuer } from './issuer.fixture.ts';
import { IdentityKnowledge, RETURN_MS } from './knowledge.ts';

const USER = 'b2a6f0f2-7d4c-4f0e-9d0a-0f2d6c1f7b11';
const SESSION = '0d9b4a52-34c6-4f8c-8a2d-2f3d0d0b8a11';

let now: number;
let knowledge: IdentityKnowledge;
let issuer: TestIssuer;
let kid: string;

beforeEach(async () => {
  now = 0;
  knowledge = new IdentityKnowledge(() => now);
  issuer = await createTestIssuer('tests');
  kid = issuer.key.kid;
  knowledge.beginReading('today');
});

const put = (key: string, value: object, revision?: number) =>
  knowledge.apply({ key, value: JSON.stringify(value), ...(revision === undefined ? {} : { revision }) });
const remove = (key: string, revision: number) => knowledge.apply({ key, value: undefined, revision });
const believed = () => knowledge.keyOf(kid) !== undefined;
const stale = (ver: number) => knowledge.isStale({ sub: USER, sid: SESSION, ver });
const user = (version: number, active = true) => ({ version, active });

describe('an entry that is changed back', () => {
  it('F17: holds at once if it trusts less', async () => {
    await put(keyEntry(kid), issuer.publicJwk, 1);
    await put(userEntry(USER), user(2), 2);
    expect([believed(), stale(2)]).toEqual([true, false]);
    await put(keyEntry(kid), RETIRED_KEY, 3);
    await put(userEntry(USER), user(9), 4);
    expect([believed(), stale(2)]).toEqual([false, true]);
  });

  it('F17: holds after a while if it trusts more: the owner corrected a foreign entry', async () => {
    await put(keyEntry(kid), issuer.publicJwk, 1);
    await put(userEntry(USER), user(2), 2);
    await put(keyEntry(kid), RETIRED_KEY, 3);
    await put(userEntry(USER), user(9), 4);
    await put(sessionEntry(SESSION), { revoked: true }, 5);
    await put(keyEntry(kid), issuer.publicJwk, 6);
    await put(userEntry(USER), user(2), 7);
    await remove(sessionEntry(SESSION), 8);
    now += RETURN_MS - 1;
    expect([believed(), stale(2)]).toEqual([false, true]);
    now += 1;
    expect([believed(), stale(2)]).toEqual([true, false]);
  });

  it('F17: never holds if the owner corrects it meanwhile', async () => {
    await put(keyEntry(kid), RETIRED_KEY, 1);
    await put(userEntry(USER), user(2, false), 2);
    await put(keyEntry(kid), issuer.publicJwk, 3);
    await put(userEntry(USER), user(2, true), 4);
    await put(keyEntry(kid), RETIRED_KEY, 5);
    await put(userEntry(USER), user(2, false), 6);
    now += 2 * RETURN_MS;
    expect([believed(), stale(2)]).toEqual([false, true]);
  });

  it('F17: never overrides what the owner has read from its tables', async () => {
    await put(keyEntry(kid), RETIRED_KEY);
    await put(userEntry(USER), user(3));
    await put(keyEntry(kid), issuer.publicJwk, 3);
    await put(userEntry(USER), user(2), 4);
    now += 2 * RETURN_MS;
    expect([believed(), stale(2)]).toEqual([false, true]);
  });

  it('never holds if a bucket that lost its tail brings it back', async () => {
    await put(keyEntry(kid), issuer.publicJwk, 1);
    await put(keyEntry(kid), RETIRED_KEY, 5);
    await put(userEntry(USER), user(3), 6);
    knowledge.beginReading('today');
    await put(keyEntry(kid), issuer.publicJwk, 1);
    await put(userEntry(USER), user(2), 2);
    knowledge.endReading(2);
    now += 2 * RETURN_MS;
    expect([believed(), stale(2)]).toEqual([false, true]);
  });
});

describe('an entry under a key that the owner does not write', () => {
  it('F17: is not trusted', async () => {
    for (const id of ['', 'a.b', 'a b', '\uFFFD', 'x'.repeat(65), '../x']) {
      await put(`key.${id}`, issuer.publicJwk, 1);
    }
    expect(knowledge.publicKeys()).toEqual([]);
  });
});

describe('a key that is gone from the bucket', () => {
  beforeEach(() => put(keyEntry(kid), issuer.publicJwk, 3));

  it('F17: is no longer trusted, even if its removal was not observed', async () => {
    knowledge.beginReading('today');
    knowledge.endReading(4);
    expect(believed()).toBe(false);
    expect(knowledge.publicKeys()).toEqual([]);
  });

  it('F17: is no longer trusted when it is deleted', async () => {
    await remove(keyEntry(kid), 4);
    expect(believed()).toBe(false);
  });

  it('is still trusted if the bucket lost its tail or was made again', async () => {
    knowledge.beginReading('today');
    knowledge.endReading(2);
    expect(believed()).toBe(true);
    knowledge.beginReading('tomorrow');
    knowledge.endReading(9);
    expect(believed()).toBe(true);
  });

  it("F17: is still trusted if the owner's tables have it", async () => {
    await put(keyEntry(kid), issuer.publicJwk);
    await remove(keyEntry(kid), 4);
    knowledge.beginReading('today');
    knowledge.endReading(5);
    expect(believed()).toBe(true);
  });
});
