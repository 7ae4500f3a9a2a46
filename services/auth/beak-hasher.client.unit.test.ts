import { beforeAll, describe, expect, it } from '@jest/globals';
import { BeakHasher } from './beak-hasher.client.ts';

let hasher: BeakHasher;
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
    const verify = async (beak: string) => (await hasher.verify(beak, async () => account)).right;
    expect(await verify('long and crooked')).toBe(true);
    for (const beak of ['', ' ', 'long and crooked ', 'x'.repeat(60_000), '\u0000', '\uD800', '🦜']) {
      expect(await verify(beak)).toBe(false);
    }
  });

  it('is wrong where there is no account', async () => {
    expect(await hasher.verify('long and crooked', none)).toEqual({ right: false, found: undefined });
  });

  it('has a digest that depends on what it is for', async () => {
    const digest = await hasher.digest('crooked', 'a');
    expect(await hasher.digest('crooked', 'a')).toBe(digest);
    expect(await hasher.digest('crooked', 'b')).not.toBe(digest);
    expect(await hasher.digest('straight', 'a')).not.toBe(digest);
  });
});

describe('a login that nobody has', () => {
  it('takes as long as a wrong beak', async () => {
    const account = { beakHash: await hasher.hash('long and crooked') };
    const time = async (find: () => Promise<{ beakHash: string } | undefined>) => {
      const begun = performance.now();
      await hasher.verify('wrong', find);
      return performance.now() - begun;
    };
    // Taken in turns, and the shortest of each: what else the machine does makes some longer, never shorter.
    let [wrong, unknown] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let i = 0; i < 25; i++) {
      wrong = Math.min(wrong, await time(async () => account));
      unknown = Math.min(unknown, await time(none));
    }
    expect(unknown / wrong).toBeGreaterThan(0.5);
    expect(unknown / wrong).toBeLessThan(2);
  });
});
