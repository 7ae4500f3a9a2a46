import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { ClientGone } from '../requests/body.http.ts';
import { UserTurns } from './turns.http.ts';

const response = () => new EventEmitter() as ServerResponse;

/** Asks for a turn. The work runs until the test ends it. */
function ask(turns: UserTurns, user = 'pip', res = response()) {
  const work = Promise.withResolvers<string>();
  let begun = false;
  const outcome = turns.run(user, res, () => {
    begun = true;
    return work.promise;
  });
  outcome.catch(() => {});
  return {
    outcome,
    res,
    end: () => work.resolve('done'),
    fail: (error: Error) => work.reject(error),
    begun: () => begun,
  };
}

/** Lets resolved promises take effect. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('two turns at a time', () => {
  it('E13: make the third wait until one of them ends, in order', async () => {
    const turns = new UserTurns({ atOnce: 2, waitMs: 60_000 });
    const asked = Array.from({ length: 4 }, () => ask(turns));
    await settle();
    const begun = () => asked.map((each) => each.begun());
    expect(begun()).toEqual([true, true, false, false]);
    asked[1]?.fail(new Error('failed'));
    await settle();
    expect(begun()).toEqual([true, true, true, false]);
    for (const each of asked) each.end();
    await Promise.allSettled(asked.map(({ outcome }) => outcome));
    expect(begun()).toEqual([true, true, true, true]);
    expect(turns.users).toBe(0);
  });

  it('E13: are counted for each user', async () => {
    const turns = new UserTurns({ atOnce: 1, waitMs: 60_000 });
    const [pip, mia] = [ask(turns), ask(turns, 'mia')];
    await settle();
    expect([pip.begun(), mia.begun(), turns.users]).toEqual([true, true, 2]);
    pip.end();
    mia.end();
    expect(await Promise.all([pip.outcome, mia.outcome])).toEqual(['done', 'done']);
  });

  it('E13: refuse a request that waits too long, and keep no place for it', async () => {
    const turns = new UserTurns({ atOnce: 1, waitMs: 10 });
    const first = ask(turns);
    const second = ask(turns);
    await expect(second.outcome).rejects.toMatchObject({
      type: 'too_many_requests',
      data: { retryAfter: 1 },
    });
    expect(second.begun()).toBe(false);
    first.end();
    await first.outcome;
    expect(turns.users).toBe(0);
  });

  it('E13: skip clients that left while they waited', async () => {
    const turns = new UserTurns({ atOnce: 1, waitMs: 60_000 });
    const [first, gone, third] = [ask(turns), ask(turns), ask(turns)];
    const alreadyGone = ask(turns, 'pip', Object.assign(response(), { closed: true }));
    gone.res.emit('close');
    for (const each of [gone, alreadyGone]) await expect(each.outcome).rejects.toBeInstanceOf(ClientGone);
    first.end();
    await settle();
    expect([gone.begun(), alreadyGone.begun(), third.begun()]).toEqual([false, false, true]);
    third.end();
    await third.outcome;
    expect(turns.users).toBe(0);
  });
});
