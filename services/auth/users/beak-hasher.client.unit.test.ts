import { beforeAll, describe, expect, it } from '@jest/globals';
import * as argon2 from '@node-rs/argon2';
import { BeakHasher } from './beak-hasher.client.ts';

let hasher: BeakHasher;
const turn = { network: '192.0.2.1', account: 'polly' };
const none = undefined;

beforeAll(async () => {
  hasher = await BeakHasher.create();
});

describe('a beak', () => {
  it('is stored as an argon2id hash with the promised parameters', async () => {
    expect(await hasher.hash('long and crooked')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('is right only if it is the same, in any form', async () => {
    const account = { beakHash: await hasher.hash('long and crooked') };
    const verify = async (beak: string) => (await hasher.verify(beak, turn, account)).right;
    expect(await verify('long and crooked')).toBe(true);
    for (const beak of ['', ' ', 'long and crooked ', 'x'.repeat(60_000), '\u0000', '\uD800', '🦜']) {
      expect(await verify(beak)).toBe(false);
    }
  });

  it.each([
    ['composed and decomposed', 'crooked-e\u0301', 'crooked-\u00e9'],
    ['with a no-break space', 'long\u00a0and crooked', 'long and crooked'],
    ['with an ideographic space', 'long\u3000and crooked', 'long and crooked'],
    ['of Hangul', '\u1112\u1161\u11ab-crooked', '\ud55c-crooked'],
  ])(
    'D10: is the same %s; an old hash matches only the typed form, and is then renewed',
    async (_, typed, normal) => {
      const kept = { beakHash: await hasher.hash(normal) };
      const old = { beakHash: await hasher.hash(typed) };
      const verify = (beak: string, account: object) => hasher.verify(beak, turn, account as typeof kept);
      for (const beak of [typed, normal]) {
        expect(await verify(beak, kept)).toEqual({ right: true, found: kept, renewed: null });
      }
      expect(await verify(normal, old)).toEqual({ right: false, found: old, renewed: null });
      const { right, renewed } = await verify(typed, old);
      expect(right).toBe(true);
      for (const beak of [typed, normal]) {
        expect(await verify(beak, { beakHash: renewed })).toMatchObject({ right: true, renewed: null });
      }
    },
  );

  it('is wrong if there is no account', async () => {
    expect(await hasher.verify('long and crooked', turn, none)).toEqual({
      right: false,
      found: undefined,
      renewed: null,
    });
  });

  it('has a digest that depends on its purpose', async () => {
    const digest = await hasher.digest('crooked', 'a');
    expect(await hasher.digest('crooked', 'a')).toBe(digest);
    expect(await hasher.digest('crooked', 'b')).not.toBe(digest);
    expect(await hasher.digest('straight', 'a')).not.toBe(digest);
  });
});

describe('a login that does not exist', () => {
  it('AUTH-1: costs the same work as a wrong beak: one hash with the same parameters', async () => {
    const work: string[] = [];
    const counting = await BeakHasher.create({
      ...argon2,
      verify(known, ...more) {
        // Everything except salt and hash, which are random.
        work.push(String(known).split('$').slice(0, 4).join('$'));
        return argon2.verify(known, ...more);
      },
    });
    const account = { beakHash: await counting.hash('long and crooked') };
    const guess = async (beak: string, found: { beakHash: string } | undefined) => {
      await counting.verify(beak, turn, found);
      return work.splice(0);
    };
    const wrong = await guess('wrong', account);
    expect(wrong).toEqual(['$argon2id$v=19$m=19456,t=2,p=1']);
    expect(await guess('wrong', none)).toEqual(wrong);
    expect(await guess('long and crooked', account)).toEqual(wrong);
  });
});
