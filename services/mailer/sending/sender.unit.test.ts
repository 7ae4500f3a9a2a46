import { describe, expect, it } from '@jest/globals';
import type { ClaimedMail, LastFailure, Outcome } from '../mails/mail.ts';
import type { HangUp } from './hang-up.ts';
import { Sender } from './sender.ts';

/** How the last attempt at a mailbox failed, by the beginning of its name. */
const FAILURES: Readonly<Record<string, LastFailure>> = {
  refused: 'refused',
  hung: 'slow',
  abandoned: 'abandoned',
};
const numbered = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name}-${index}`);

/** A queue of mailboxes, a server that answers on request, and a clock. */
class World {
  now = 0;
  waiting: { mailbox: string; lease: string; lastFailure: LastFailure }[] = [];
  readonly settled: [string, Outcome['kind']][] = [];
  /** Mailboxes that were settled as slow, in order. */
  readonly slow: string[] = [];
  readonly pauses: number[] = [];
  readonly open = new Map<string, (outcome: Outcome) => void>();
  readonly hangUps = new Map<string, HangUp>();
  /** Mailboxes whose attempts were hung up on, in order. */
  readonly hungUp: string[] = [];
  readonly sender = new Sender({
    lanes: 4,
    slowMs: 5_000,
    now: () => this.now,
    claim: async ({ most, mostFailing, mostSlow, mostAbandoned }) => {
      const first = (kind: LastFailure, count: number) =>
        this.waiting.filter(({ lastFailure }) => lastFailure === kind).slice(0, count);
      const confined = [...first('abandoned', mostAbandoned), ...first('slow', mostSlow)];
      const failing = [...confined, ...first('refused', most)].slice(0, Math.min(most, mostFailing));
      const claimed = [...failing, ...first('none', most - failing.length)];
      this.waiting = this.waiting.filter((each) => !claimed.includes(each));
      return claimed as unknown as ClaimedMail[];
    },
    deliver: ({ mailbox }, hangUp) =>
      new Promise((resolve) => {
        this.open.set(mailbox, resolve);
        this.hangUps.set(mailbox, hangUp);
        hangUp.allow(({ message }) => {
          this.hungUp.push(mailbox);
          resolve({ kind: 'deferred', reason: message });
        });
      }),
    settle: async ({ mailbox }, outcome) => {
      this.settled.push([mailbox, outcome.kind]);
      if (outcome.kind === 'deferred' && outcome.slow) this.slow.push(mailbox);
    },
    onRoom: () => {},
    onUnreachable: (_, pauseMs) => this.pauses.push(pauseMs),
  });

  add(...mailboxes: string[]): void {
    const added = mailboxes.map((mailbox) => ({
      mailbox,
      lease: `lease of ${mailbox}`,
      lastFailure: FAILURES[mailbox.replace(/-.*/, '')] ?? 'none',
    }));
    this.waiting.push(...added);
  }

  async answer(mailbox: string, kind: Outcome['kind']): Promise<void> {
    this.open.get(mailbox)?.({ kind, reason: 'said the server' } as Outcome);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the sender', () => {
  it('MAIL-2: sends to several mailboxes at a time, and to no more than it has lanes', async () => {
    const world = new World();
    world.add('a', 'b', 'c', 'd', 'e');
    expect(await world.sender.runOnce()).toBe(4);
    expect(await world.sender.runOnce()).toBe(0);
    await world.answer('b', 'sent');
    expect(await world.sender.runOnce()).toBe(1);
    expect([...world.open.keys()]).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(world.settled).toEqual([['b', 'sent']]);
  });

  /** Occupies all connections with slow mails, four each for 20, 15, 10 and 5 seconds. */
  async function full(): Promise<World> {
    const world = new World();
    world.add(...Array.from({ length: 16 }, (_, index) => `slow-${index}`));
    for (let pass = 0; pass < 4; pass += 1) {
      expect([await world.sender.runOnce(), await world.sender.runOnce()]).toEqual([4, 0]);
      world.now += 5_000;
    }
    return world;
  }

  it('B4, MAIL-2: frees the lanes of mails whose recipients are slow', async () => {
    const world = await full();
    expect(world.hungUp).toEqual([]);
    expect(await world.sender.runOnce()).toBe(0);
    expect([world.hungUp, world.sender.obstacle]).toEqual([[], null]);
  });

  it('B4, MAIL-2: hangs up on the slowest mails when the maximum is under way and others wait', async () => {
    const world = await full();
    world.add('a', 'b', 'c', 'd', 'e', 'f');
    expect(await world.sender.runOnce()).toBe(4);
    expect(world.hungUp).toEqual(['slow-0', 'slow-1', 'slow-2', 'slow-3']);
    expect(await world.sender.runOnce()).toBe(0);
    await world.answer('b', 'sent');
    // Its connection is free.
    expect(await world.sender.runOnce()).toBe(1);
    expect(world.hungUp).toHaveLength(4);
    expect(world.settled).toEqual([...world.hungUp.map((mailbox) => [mailbox, 'deferred']), ['b', 'sent']]);
    world.now += 5_000;
    expect(await world.sender.runOnce()).toBe(1);
    expect(world.hungUp.at(-1)).toBe('slow-4');
  });

  it('B4, MAIL-2: never hangs up if the client forbids it: the server may have the mail', async () => {
    const world = await full();
    for (let index = 0; index < 15; index += 1) world.hangUps.get(`slow-${index}`)?.forbid();
    world.add('a', 'b');
    expect(await world.sender.runOnce()).toBe(1);
    expect(world.hungUp).toEqual(['slow-15']);
    world.hangUps.get('a')?.forbid();
    world.now += 5_000;
    expect(await world.sender.runOnce()).toBe(0);
    expect(world.sender.obstacle).toBe('All 4 lanes are taken');
    await world.answer('slow-0', 'sent');
    expect(await world.sender.runOnce()).toBe(1);
    expect(world.hungUp).toEqual(['slow-15']);
  });

  it('B4, MAIL-2: never hangs up on the two oldest slow mailboxes: their mails have all the time they need', async () => {
    const world = new World();
    world.add(...numbered('hung', 2), ...numbered('slow', 40));
    for (let pass = 0; pass < 8; pass += 1) {
      await world.sender.runOnce();
      world.now += 5_000;
    }
    expect([...world.open.keys()]).toEqual(expect.arrayContaining(numbered('hung', 2)));
    expect(world.hungUp).toEqual(numbered('slow', 16));
  });

  it('B4, MAIL-2: tries refused mailboxes again at once, however many others hang each time', async () => {
    const world = new World();
    world.add(...numbered('hung', 40));
    for (const mailbox of numbered('refused', 4)) {
      await world.sender.runOnce();
      world.add(mailbox);
      expect(await world.sender.runOnce()).toBe(1);
      await world.answer(mailbox, 'deferred');
      world.now += 5_000;
    }
    expect([...world.open.keys()]).toEqual(expect.arrayContaining(numbered('refused', 4)));
    expect(world.slow).toEqual([]);
  });

  it('B4, MAIL-2: refused mailboxes that hang delay other refused ones only until they are slow', async () => {
    const world = new World();
    world.add(...numbered('refused', 3), 'a');
    expect(await world.sender.runOnce()).toBe(3);
    world.now += 5_000;
    expect(await world.sender.runOnce()).toBe(1);
    expect([...world.open.keys()]).toEqual(['refused-0', 'refused-1', 'a', 'refused-2']);
    await world.answer('refused-0', 'deferred');
    await world.answer('refused-2', 'deferred');
    expect(world.slow).toEqual(['refused-0']);
  });

  it('B4, MAIL-2: mailboxes that hang each time hang up on each other, so that each is tried', async () => {
    const world = new World();
    world.add(...numbered('hung', 10));
    for (let pass = 0; pass < 10; pass += 1) {
      expect(await world.sender.runOnce()).toBe(1);
      world.now += 5_000;
    }
    expect([...world.open.keys()]).toEqual(numbered('hung', 10));
    expect(world.hungUp).toEqual(numbered('hung', 8).slice(2));
    expect(world.settled).toEqual(world.hungUp.map((mailbox) => [mailbox, 'deferred']));
    expect(world.slow).toEqual(world.hungUp);
    for (const index of [0, 1, 8, 9]) world.hangUps.get(`hung-${index}`)?.forbid();
    world.add('hung-10');
    expect(await world.sender.runOnce()).toBe(0);
    expect(world.hungUp).toHaveLength(6);
  });

  it('B4, FAIL-3: sends abandoned mails alone, and hangs up on a slow one if another waits', async () => {
    const world = new World();
    world.add(...numbered('abandoned', 3));
    expect([await world.sender.runOnce(), await world.sender.runOnce()]).toEqual([1, 0]);
    world.now += 5_000;
    expect(await world.sender.runOnce()).toBe(1);
    expect(world.hungUp).toEqual(['abandoned-0']);
    world.hangUps.get('abandoned-1')?.forbid();
    world.now += 5_000;
    expect(await world.sender.runOnce()).toBe(0);
    await world.answer('abandoned-1', 'sent');
    expect(await world.sender.runOnce()).toBe(1);
    expect(world.hungUp).toEqual(['abandoned-0']);
  });

  it('B4, MAIL-2: slow mails do not prevent another attempt at a server, and a hang-up does not show that it is back', async () => {
    const world = await full();
    await world.answer('slow-15', 'unreachable');
    world.add('a', 'b', 'c');
    world.now += world.sender.pauseMs;
    expect(await world.sender.runOnce()).toBe(1);
    world.now += 5_000;
    expect(await world.sender.runOnce()).toBe(1);
    await world.answer('a', 'unreachable');
    expect([world.hungUp, world.pauses]).toEqual([['slow-0'], [1_000, 2_000]]);
  });

  it('A2, FAIL-3: names taken lanes as an obstacle only while none of them becomes free', async () => {
    const world = new World();
    world.add('a', 'b', 'c', 'd', 'e', 'f');
    await world.sender.runOnce();
    expect(world.sender.obstacle).toBeNull();
    await world.sender.runOnce();
    expect(world.sender.obstacle).toBe('All 4 lanes are taken');
    await world.answer('a', 'sent');
    // The pass takes the lane at once. The backlog is sent as fast as the server allows.
    expect(await world.sender.runOnce()).toBe(1);
    expect(world.sender.obstacle).toBeNull();
    await world.sender.runOnce();
    expect(world.sender.obstacle).toBe('All 4 lanes are taken');
  });

  it('MAIL-2: failing mailboxes never take all lanes', async () => {
    const world = new World();
    world.add(...numbered('refused', 5));
    expect(await world.sender.runOnce()).toBe(2);
    expect(await world.sender.runOnce()).toBe(0);
    world.add('a', 'b', 'c');
    expect(await world.sender.runOnce()).toBe(2);
    expect([...world.open.keys()]).toEqual([...numbered('refused', 2), 'a', 'b']);
  });

  it('returns the leases of mails under way, and no others', async () => {
    const world = new World();
    world.add('a', 'b', 'c');
    expect(world.sender.leases).toEqual([]);
    await world.sender.runOnce();
    await world.answer('b', 'deferred');
    expect(world.sender.leases).toEqual(['lease of a', 'lease of c']);
  });

  it('a server that cannot be used is tried with one mail at a time, less and less often', async () => {
    const world = new World();
    world.add('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l');
    await world.sender.runOnce();
    // All mails under way fail together, which makes one pause.
    for (const mailbox of ['a', 'b', 'c', 'd']) await world.answer(mailbox, 'unreachable');
    expect(world.pauses).toEqual([1_000]);
    expect(await world.sender.runOnce()).toBe(0);
    for (const pause of [2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      world.now += world.sender.pauseMs;
      expect(await world.sender.runOnce()).toBe(1);
      await world.answer([...world.open.keys()].at(-1) ?? '', 'unreachable');
      expect(world.pauses.at(-1)).toBe(pause);
    }
    // The server is back.
    world.now += 30_000;
    expect(await world.sender.runOnce()).toBe(1);
    await world.answer([...world.open.keys()].at(-1) ?? '', 'sent');
    world.add('m', 'n', 'o');
    expect(await world.sender.runOnce()).toBe(4);
  });

  it('a deferred mail does not concern the server', async () => {
    const world = new World();
    world.add('a', 'b', 'c', 'd', 'e');
    await world.sender.runOnce();
    await world.answer('a', 'deferred');
    await world.answer('b', 'refused');
    expect(world.pauses).toEqual([]);
    expect(await world.sender.runOnce()).toBe(1);
  });

  it('B4, MAIL-2: after a pause, a mail that its recipient defers shows that all lanes can use the server', async () => {
    const world = new World();
    world.add('a', 'b', 'c', 'd', 'e', 'f');
    await world.sender.runOnce();
    for (const mailbox of ['a', 'b', 'c', 'd']) await world.answer(mailbox, 'unreachable');
    world.now += world.sender.pauseMs;
    expect(await world.sender.runOnce()).toBe(1);
    expect(await world.sender.runOnce()).toBe(0);
    await world.answer('e', 'deferred');
    world.add('g', 'h', 'i');
    expect(await world.sender.runOnce()).toBe(4);
  });

  it('begins nothing after a stop, and waits for mails under way', async () => {
    const world = new World();
    world.add('a', 'b', 'c', 'd', 'e');
    await world.sender.runOnce();
    world.sender.stop();
    expect(await world.sender.runOnce()).toBe(0);
    let ended = false;
    const end = world.sender.settled().then(() => {
      ended = true;
    });
    for (const mailbox of ['a', 'b', 'c']) await world.answer(mailbox, 'sent');
    expect(ended).toBe(false);
    await world.answer('d', 'unreachable');
    await end;
    expect(world.sender.leases).toEqual([]);
  });
});
