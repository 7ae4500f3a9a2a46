/**
 * Decides whether two participants differ (ANA-6). Facts are read three times: on the left; on the
 * right, after everything that the left had committed has arrived; and on the left again. Facts of
 * the first reading must be in the second, and those of the second in the third. Facts that came in
 * between may be missing on the right.
 */
import type { Fact } from '#schemas/reconciliation.ts';

/** The facts of one key or one group, in the order of the readings. */
export interface Readings {
  readonly before: readonly Fact[];
  readonly arrived: readonly Fact[];
  readonly after: readonly Fact[];
}

export const PROBLEMS = [
  /** The right side has nothing. */
  'missing',
  /** The left side has nothing. */
  'unfounded',
  /** The right side has it more often. */
  'repeated',
  'differs',
] as const;
export type Problem = (typeof PROBLEMS)[number];

export interface Finding {
  readonly key: string;
  readonly problem: Problem;
  readonly left: readonly Fact[];
  readonly right: readonly Fact[];
}

/** `undecided`: versions changed so fast that no two readings have the same one. */
export type Verdict = { readonly findings: readonly Finding[]; readonly undecided: boolean };

/** Whether both participants have the same facts of a group, by one reading of each. */
export function looksEqual(left: readonly Fact[], right: readonly Fact[]): boolean {
  const textOf = ({ key, version, value }: Fact) => JSON.stringify([key, version, value]);
  return (
    left.length === right.length && [...left.map(textOf)].sort().join() === right.map(textOf).sort().join()
  );
}

/** The facts of one group. */
export function judge({ before, arrived, after }: Readings): Verdict {
  const keys = new Set([...before, ...arrived, ...after].map(({ key }) => key));
  const findings: Finding[] = [];
  let undecided = false;
  const of = (facts: readonly Fact[], key: string) => facts.filter((fact) => fact.key === key);
  for (const key of keys) {
    const readings = { before: of(before, key), arrived: of(arrived, key), after: of(after, key) };
    const outcome = isVersioned(readings) ? judgeNewest(readings) : judgeLasting(readings);
    if (outcome === 'undecided') undecided = true;
    else if (outcome === 'differs') findings.push(findingOf(key, readings));
  }
  return { findings, undecided };
}

type Outcome = 'agrees' | 'differs' | 'undecided';

function isVersioned({ before, arrived, after }: Readings): boolean {
  return [...before, ...arrived, ...after].some(({ version }) => version !== null);
}

/** Facts that never change: the right side has each as often as the left side. */
function judgeLasting({ before, arrived, after }: Readings): Outcome {
  return isWithin(before, arrived) && isWithin(arrived, after) ? 'agrees' : 'differs';
}

/** Whether `others` has each value of `some` at least as often. */
function isWithin(some: readonly Fact[], others: readonly Fact[]): boolean {
  const left = others.map(({ value }) => value);
  return some.every(({ value }) => {
    const index = left.indexOf(value);
    if (index !== -1) left.splice(index, 1);
    return index !== -1;
  });
}

/** Facts that a newer version replaces: equal versions must have equal values. */
function judgeNewest({ before, arrived, after }: Readings): Outcome {
  if (before.length > 1 || arrived.length > 1 || after.length > 1) return 'differs';
  const [[first], [there], [last]] = [before, arrived, after];
  // A new fact may not have arrived yet.
  if (there === undefined) return first === undefined ? 'agrees' : 'differs';
  if (last === undefined) return 'differs';
  const [lowest, version, highest] = [first?.version ?? 0, there.version ?? 0, last.version ?? 0];
  if (version < lowest || version > highest) return 'differs';
  const same = [first, last].find((fact) => fact !== undefined && fact.version === there.version);
  if (same === undefined) return 'undecided';
  return same.value === there.value ? 'agrees' : 'differs';
}

function findingOf(key: string, { before, arrived, after }: Readings): Finding {
  const left = after.length > 0 ? after : before;
  const right = arrived;
  return { key, problem: problemOf(left, right), left, right };
}

function problemOf(left: readonly Fact[], right: readonly Fact[]): Problem {
  if (right.length === 0) return 'missing';
  if (left.length === 0) return 'unfounded';
  return right.length > left.length ? 'repeated' : 'differs';
}
