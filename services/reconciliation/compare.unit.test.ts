/**
 * ANA-6 with two participants in memory. Facts arrive at one of them late and in any order, while
 * new facts are made.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Comparison } from '#schemas/comparison.ts';
import CHARGES from '#schemas/comparisons/tasks/charge.ts';
import TASKS from '#schemas/comparisons/tasks/task.ts';
import type { Fact, FactList, GroupRange } from '#schemas/reconciliation.ts';
import { type Ask, compare } from './compare.ts';

/** Small pages, so that there are several. */
const PAGE = 4;
const MAX_FACTS = 3;

const task = (n: number) => `0192f000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const charge = (n: number, version: number, who = 'pip'): Fact => ({
  group: task(n),
  key: `${task(n)} ${version}`,
  version: null,
  value: who,
  extra: null,
});
const newest = (n: number, version: number, value = `open ${version}`): Fact => ({
  group: task(n),
  key: task(n),
  version,
  value,
  extra: null,
});

const isIn = ({ low, high }: GroupRange, group: string) =>
  (low === null || group >= low) && (high === null || group < high);
const inOrder = (facts: readonly Fact[]) => facts.toSorted((x, y) => (x.group < y.group ? -1 : 1));

/** The checksum that a participant's service would return for its facts. */
function printOf(facts: readonly Fact[], range: GroupRange) {
  const inside = facts.filter(({ group }) => isIn(range, group));
  const texts = inside.map(({ key, version, value }) => `${key} ${version} ${value}`);
  return { count: inside.length, sum: texts.sort().join() };
}

function factsOf(facts: readonly Fact[], ranges: readonly GroupRange[]): FactList {
  const inside = inOrder(facts.filter(({ group }) => ranges.some((range) => isIn(range, group))));
  const next = inside[MAX_FACTS]?.group ?? null;
  const whole = next === null ? inside : inside.filter(({ group }) => group < next);
  if (next === null || whole.length > 0) return { facts: whole, next };
  const after = inside.find(({ group }) => group > next)?.group ?? null;
  return { facts: inside.filter(({ group }) => group === next), next: after };
}

function boundaryOf(facts: readonly Fact[], low: string | null): string | null {
  const groups = inOrder(facts.filter(({ group }) => low === null || group >= low)).map(({ group }) => group);
  const last = groups[PAGE - 1];
  return last === undefined ? null : (groups.find((group) => group > last) ?? null);
}

interface World {
  left: Fact[];
  right: Fact[];
  /** Called before each call: the facts change meanwhile. */
  step(): void;
  /** Delivers all pending facts. */
  arrive(): void;
}

async function findingsIn(world: World, comparison: Comparison): Promise<string[]> {
  const ask = (async (service: string, action: string, params: Record<string, never>) => {
    world.step();
    const facts = service === comparison.left ? world.left : world.right;
    if (action === 'facts') return factsOf(facts, params.ranges ?? []);
    const low = params.low ?? null;
    const high = 'limit' in params ? boundaryOf(facts, low) : (params.high ?? null);
    return { ...printOf(facts, { low, high }), high };
  }) as unknown as Ask;
  const found: string[] = [];
  await compare(
    {
      ask,
      at: '2026-03-01T00:00:00.000Z',
      arrive: async () => world.arrive(),
      report: ({ key, problem }) => {
        found.push(`${problem} ${key}`);
        return true;
      },
    },
    comparison,
  );
  return found.sort();
}

/** New facts are made on the left all the time, and arrive on the right late. */
function busy(
  left: readonly Fact[],
  lost: readonly Fact[],
  planted: readonly Fact[],
  draws: number[],
): World {
  const all = left.filter((fact) => !lost.includes(fact));
  let under: Fact[] = [];
  let tick = 0;
  const world: World = {
    left: [...left],
    right: [...all, ...planted],
    step() {
      tick += 1;
      const draw = draws[tick % draws.length] ?? 0;
      const fact = charge(draw % 30, 100 + tick);
      world.left.push(fact);
      under.push(fact);
      // Some pending facts arrive, in any order.
      if (draw % 3 === 0) world.right.push(...under.splice(draw % under.length, 1));
    },
    arrive() {
      world.right.push(...under);
      under = [];
    },
  };
  return world;
}

const charges = fc
  .array(fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 3 })), { maxLength: 25 })
  .map((pairs) => [
    ...new Map(pairs.map(([n, version]) => [`${n} ${version}`, charge(n, version)])).values(),
  ]);
const draws = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 50 });

describe('two participants, one of which gets facts late', () => {
  it('ANA-6: never differ only because of that', async () => {
    await fc.assert(
      fc.asyncProperty(charges, draws, async (left, all) => {
        expect(await findingsIn(busy(left, [], [], all), CHARGES)).toEqual([]);
      }),
    );
  });

  it('ANA-6: differ in each lost and each invented fact, and in no other', async () => {
    await fc.assert(
      fc.asyncProperty(charges, charges, draws, fc.nat(3), async (left, others, all, every) => {
        const lost = left.filter((_, index) => index % (every + 1) === every);
        const keys = new Set(left.map(({ key }) => key));
        const planted = others.filter(({ key }) => !keys.has(key));
        expect(await findingsIn(busy(left, lost, planted, all), CHARGES)).toEqual(
          [
            ...lost.map(({ key }) => `missing ${key}`),
            ...planted.map(({ key }) => `unfounded ${key}`),
          ].sort(),
        );
      }),
    );
  });
});

describe('a double charge', () => {
  it('ANA-6: is found, even if the participant has nothing else', async () => {
    const still = { step: () => {}, arrive: () => {} };
    const left = [charge(1, 1), charge(2, 1)];
    const right = [...left, charge(2, 1), charge(9, 1)];
    expect(await findingsIn({ left, right, ...still }, CHARGES)).toEqual([
      `repeated ${task(2)} 1`,
      `unfounded ${task(9)} 1`,
    ]);
    expect(await findingsIn({ left: [], right: [charge(9, 1)], ...still }, CHARGES)).toEqual([
      `unfounded ${task(9)} 1`,
    ]);
  });
});

describe('a participant whose newest versions change all the time', () => {
  it('ANA-6: is left to the next run if no two readings are of one version', async () => {
    const world: World = {
      left: [newest(1, 1), newest(2, 7)],
      right: [newest(1, 1), newest(2, 7, 'done 7')],
      step() {
        const [moving, still] = world.left as [Fact, Fact];
        world.right = [newest(1, (moving.version ?? 0) + 1), newest(2, 7, 'done 7')];
        world.left = [newest(1, (moving.version ?? 0) + 2), still];
      },
      arrive: () => {},
    };
    expect(await findingsIn(world, TASKS)).toEqual([`differs ${task(2)}`]);
  });
});

describe('more differences than can be listed', () => {
  it('end the comparison', async () => {
    const left = Array.from({ length: 100 }, (_, n) => charge(n, 1));
    let told = 0;
    await compare(
      {
        ask: (async (
          service: string,
          action: string,
          params: { low: string | null; ranges: GroupRange[] },
        ) => {
          const facts = service === CHARGES.left ? left : [];
          if (action === 'facts') return factsOf(facts, params.ranges);
          return { ...printOf(facts, { low: params.low, high: null }), high: null };
        }) as unknown as Ask,
        at: '2026-03-01T00:00:00.000Z',
        arrive: async () => {},
        report: () => ++told < 10,
      },
      CHARGES,
    );
    expect(told).toBe(10);
  });
});
