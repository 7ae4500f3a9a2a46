/** Sets of sequences as runs, which stay small where the members are consecutive. Pure. */

/** From the first to the last sequence, both included. */
export type Run = readonly [first: number, last: number];

/** The runs of these sequences, in ascending order. No two of them are adjacent. */
export function runsOf(sequences: Iterable<number>): Run[] {
  return joined([...sequences].map((sequence): Run => [sequence, sequence]));
}

/** The union of runs, which may overlap and come in any order. */
export function joined(runs: readonly Run[]): Run[] {
  const result: [number, number][] = [];
  for (const [first, last] of runs.toSorted((a, b) => a[0] - b[0])) {
    const before = result.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else result.push([first, last]);
  }
  return result;
}

/** Whether ascending runs, none adjacent, contain a sequence. */
export function holds(runs: readonly Run[], sequence: number): boolean {
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const [first = 0, last = 0] = runs[middle] ?? [];
    if (sequence < first) high = middle;
    else if (sequence > last) low = middle + 1;
    else return true;
  }
  return false;
}

/** The part of these runs that is not above a sequence. */
export function upTo(runs: readonly Run[], end: number): Run[] {
  return runs.flatMap(([first, last]): Run[] => (first > end ? [] : [[first, Math.min(last, end)]]));
}

export function countOf(runs: readonly Run[]): number {
  return runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}
