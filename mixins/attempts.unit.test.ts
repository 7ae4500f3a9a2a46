import { beforeEach, describe, expect, it } from '@jest/globals';
import { Problem } from '#schemas/errors.ts';
import { carryOut, KEY_PAUSE_MS } from './attempts.ts';
import type { Fate } from './call-fate.ts';

const LIMIT_MS = 5_000;
const UNKNOWN = 'the outcome is unknown';

/** Errors that tell a fate; any other error is an answer. */
class Failed extends Error {
  readonly fate: Fate;
  constructor(fate: Fate) {
    super(fate);
    this.fate = fate;
  }
}
const notBegun = new Failed('not_begun');
const lost = new Failed('unknown');
const held = new Problem('idempotency_key_in_use');
const unavailable = new Problem('service_unavailable');

let now: number;
/** The targets of the attempts, each with the time that was left. */
let sent: string[];
beforeEach(() => {
  now = 0;
  sent = [];
});

interface Setting {
  readonly isRepeatable?: boolean;
  readonly targets?: readonly string[];
  readonly isSlow?: boolean;
}

/** Attempts with these outcomes, one after the other; an outcome that is no error is the answer. */
function carry(
  outcomes: readonly unknown[],
  { isRepeatable = true, targets = ['a', 'b', 'c'], isSlow = false }: Setting = {},
): Promise<unknown> {
  const all = targets.map((id) => ({ id }));
  const [target = { id: 'none' }] = all;
  const left = [...outcomes];
  return carryOut(
    {
      target,
      limitMs: LIMIT_MS,
      isRepeatable,
      async send({ id }, leftMs) {
        sent.push(`${id} ${leftMs}`);
        now += isSlow ? LIMIT_MS : 1;
        const outcome = left.length > 1 ? left.shift() : left[0];
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
      fateOf: (error) => (error instanceof Failed ? error.fate : 'answered'),
      beside: (tried) => all.find(({ id }) => !tried.has(id)),
      unknown: () => new Error(UNKNOWN),
    },
    {
      now: () => now,
      async pause(ms) {
        now += ms;
      },
    },
  );
}

describe('a call that is answered', () => {
  it('is sent once, whatever the answer is', async () => {
    expect(await carry(['done'])).toBe('done');
    await expect(carry([unavailable])).rejects.toBe(unavailable);
    await expect(carry([held])).rejects.toBe(held);
    expect(sent.map((each) => each.slice(0, 1))).toEqual(['a', 'a', 'a']);
  });
});

describe('a call that certainly has not begun', () => {
  it('FAIL-5: goes from node to node, also if it is not repeatable', async () => {
    expect(await carry([notBegun, notBegun, 'done'], { isRepeatable: false })).toBe('done');
    expect(sent).toEqual(['a 5000', 'b 4999', 'c 4998']);
  });

  it('FAIL-5: fails when no node is left', async () => {
    await expect(carry([notBegun])).rejects.toBe(notBegun);
    expect(sent).toHaveLength(3);
  });
});

describe('a call that may have begun', () => {
  it('FAIL-5: is repeated if it is repeatable, once', async () => {
    expect(await carry([lost, 'done'])).toBe('done');
    expect(sent).toEqual(['a 5000', 'b 4999']);
    sent = [];
    await expect(carry([lost, lost, 'done'])).rejects.toThrow(UNKNOWN);
    expect(sent).toHaveLength(2);
  });

  it('FAIL-5: is not repeated otherwise', async () => {
    await expect(carry([lost], { isRepeatable: false })).rejects.toThrow(UNKNOWN);
    expect(sent).toHaveLength(1);
  });

  it('FAIL-5: has an unknown outcome where no other node is left', async () => {
    await expect(carry([lost], { targets: ['a'] })).rejects.toThrow(UNKNOWN);
    await expect(carry([lost, notBegun], { targets: ['a', 'b'] })).rejects.toThrow(UNKNOWN);
  });

  it('FAIL-5: is not repeated after its limit', async () => {
    await expect(carry([lost, 'done'], { isSlow: true })).rejects.toThrow(UNKNOWN);
    expect(sent).toHaveLength(1);
  });

  it('FAIL-5: waits while its first attempt holds its key, at most until its limit', async () => {
    expect(await carry([lost, held, held, 'done'])).toBe('done');
    expect(sent.map((each) => each.slice(0, 1))).toEqual(['a', 'b', 'b', 'b']);
    await expect(carry([lost, held])).rejects.toThrow(UNKNOWN);
    expect(now).toBeGreaterThanOrEqual(LIMIT_MS);
    expect(now).toBeLessThan(2 * (LIMIT_MS + KEY_PAUSE_MS));
  });

  it('C7: stays unknown if the repeated one fails for a passing reason', async () => {
    await expect(carry([lost, unavailable])).rejects.toThrow(UNKNOWN);
  });

  it('C7: has the answer of the repeated one otherwise', async () => {
    const refusal = new Problem('not_found');
    await expect(carry([lost, refusal])).rejects.toBe(refusal);
  });
});

describe('a silent node', () => {
  it.each([
    ['a repeatable call', true, ['a', 'b'], true],
    ['any other call', false, ['a', 'b'], false],
    ['a call without another node', true, ['a'], false],
  ] as const)('FAIL-5: loses %s: %s', async (_, isRepeatable, targets, expected) => {
    const all = targets.map((id) => ({ id }));
    const could: boolean[] = [];
    await carryOut({
      target: { id: 'a' },
      limitMs: LIMIT_MS,
      isRepeatable,
      send: async (_to, _left, canMove) => could.push(canMove()),
      fateOf: () => 'answered',
      beside: (tried) => all.find(({ id }) => !tried.has(id)),
      unknown: () => new Error(UNKNOWN),
    });
    expect(could).toEqual([expected]);
  });
});
