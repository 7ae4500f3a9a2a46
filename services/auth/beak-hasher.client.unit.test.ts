import { beforeAll, describe, expect, it } from '@jest/globals';
import * as argon2 from '@node-rs/argon2';
import { BeakHasher } from './beak-hasher.client.ts';

let hasher: BeakHasher;
const turn = { network: '192.0.2.1', account: 'polly' };
const none = async () => undefined;

beforeAll(async () => {
  hasher = await BeakHasher.create();
});

describe('a beak', () => {
  it('is kept as an argon2id hash with the parameters we promise', async () => {
    expect(await hasher.hash('long and crooked')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('is right only where it is the same, whatever its form', async () => {
    const account = { beakHash: await hasher.hash('long and crooked') };
    const verify = async (beak: string) => (await hasher.verify(beak, turn, async () => account)).right;
    expect(await verify('long and crooked')).toBe(true);
    for (const beak of ['', ' ', 'long and crooked ', 'x'.repeat(60_000), '\u0000', '\uD800', '🦜']) {
      expect(await verify(beak)).toBe(false);
    }
  });

  it('is wrong where there is no account', async () => {
    expect(await hasher.verify('long and crooked', turn, none)).toEqual({ right: false, found: undefined });
  });

  it('has a digest that depends on what it is for', async () => {
    const digest = await hasher.digest('crooked', 'a');
    expect(await hasher.digest('crooked', 'a')).toBe(digest);
    expect(await hasher.digest('crooked', 'b')).not.toBe(digest);
    expect(await hasher.digest('straight', 'a')).not.toBe(digest);
  });
});

describe('a login that nobody has', () => {
  it('AUTH-1: costs the same work as a wrong beak: one hash with the same parameters', async () => {
    const work: string[] = [];
    const counting = await BeakHasher.create({
      ...argon2,
      verify(known, ...more) {
        // All but salt and hash: those are drawn.
        work.push(String(known).split('$').slice(0, 4).join('$'));
        return argon2.verify(known, ...more);
      },
    });
    const account = { beakHash: await counting.hash('long and crooked') };
    const guess = async (beak: string, find: () => Promise<{ beakHash: string } | undefined>) => {
      await counting.verify(beak, turn, find);
      return work.splice(0);
    };
    const wrong = await guess('wrong', async () => account);
    expect(wrong).toEqual(['$argon2id$v=19$m=19456,t=2,p=1']);
    expect(await guess('wrong', none)).toEqual(wrong);
    expect(await guess('long and crooked', async () => account)).toEqual(wrong);
  });
});
