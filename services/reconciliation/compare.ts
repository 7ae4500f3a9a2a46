/**
 * Compares the sets of two participants (ANA-6). It compares checksums of pages first, as these
 * cost little where both agree. In pages that differ it compares groups. Groups that differ are
 * read again, after all events have arrived, before a difference is reported.
 */
import type { Comparison } from '#schemas/comparison.ts';
import {
  type Fact,
  type FactList,
  type FactPage,
  type GroupRange,
  MAX_FACTS,
  MAX_RANGES,
} from '#schemas/reconciliation.ts';
import { groupAfter } from './group.ts';
import { type Finding, judge, looksEqual } from './judge.ts';

/**
 * Calls an internal action of a participant, such as `print` (a checksum). Throws its
 * error, or that no node answers.
 */
export type Ask = <Answer>(service: string, action: string, params: object) => Promise<Answer>;

export interface Comparing {
  readonly ask: Ask;
  /**
   * Resolves when everything that `from` has committed by now has arrived at `at`. Throws if that
   * takes too long.
   */
  readonly arrive: (from: string, at: string) => Promise<void>;
  /** The cut, ISO 8601: the next reconciliation compares later facts. */
  readonly at: string;
  /** Called for each difference. Returns false to end the comparison. */
  readonly report: (finding: Finding) => boolean;
}

/** Most readings of a group that changes between them. Then the next reconciliation compares it. */
const MAX_READINGS = 5;

/** A group that differs at the first reading, and how many facts it has. */
interface Suspect {
  readonly group: string;
  readonly facts: number;
}

export async function compare(comparing: Comparing, comparison: Comparison): Promise<void> {
  const { ask, at } = comparing;
  const { name: set, left, right, page: limit } = comparison;
  let low: string | null = null;
  do {
    const here: FactPage = await ask<FactPage>(left, 'print', { set, low, limit, at });
    const { high } = here;
    const there = await ask<FactPage>(right, 'print', { set, low, high, at });
    if (here.count !== there.count || here.sum !== there.sum) {
      if (!(await descend(comparing, comparison, { low, high }))) return;
    }
    low = high;
  } while (low !== null);
}

/** Compares the groups of a page. Returns false if the comparison ends. */
async function descend(
  comparing: Comparing,
  comparison: Comparison,
  { low, high }: GroupRange,
): Promise<boolean> {
  const { name: set, left, right } = comparison;
  let from = low;
  do {
    const params = { set, ranges: [{ low: from, high }], at: comparing.at };
    const here = await comparing.ask<FactList>(left, 'facts', params);
    const there = await comparing.ask<FactList>(right, 'facts', params);
    const next = earlier(here.next, there.next);
    for (const batch of batches(suspectsIn(here.facts, there.facts, next))) {
      if (!(await confirm(comparing, comparison, batch))) return false;
    }
    from = next;
  } while (from !== null);
  return true;
}

function earlier(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

/** Groups before `end` that differ at the first reading. */
function suspectsIn(here: readonly Fact[], there: readonly Fact[], end: string | null): Suspect[] {
  const [left, right] = [byGroup(here), byGroup(there)];
  const groups = [...new Set([...left.keys(), ...right.keys()])].sort();
  return groups
    .filter((group) => end === null || group < end)
    .map((group) => ({ group, left: left.get(group) ?? [], right: right.get(group) ?? [] }))
    .filter((each) => !looksEqual(each.left, each.right))
    .map((each) => ({ group: each.group, facts: Math.max(each.left.length, each.right.length) }));
}

const byGroup = (facts: readonly Fact[]) => Map.groupBy(facts, ({ group }) => group);

/** Splits the groups so that the facts of each batch fit one answer. */
function batches(suspects: readonly Suspect[]): string[][] {
  const result: string[][] = [];
  let room = 0;
  for (const { group, facts } of suspects) {
    const last = result.at(-1);
    if (last !== undefined && last.length < MAX_RANGES && facts <= room) last.push(group);
    else {
      result.push([group]);
      room = MAX_FACTS;
    }
    room -= facts;
  }
  return result;
}

/**
 * Reads the groups again until it is certain whether they differ, and reports those that do.
 * Returns false if the comparison ends.
 */
async function confirm(
  comparing: Comparing,
  comparison: Comparison,
  suspects: readonly string[],
): Promise<boolean> {
  const { left, right } = comparison;
  let open = suspects;
  for (let reading = 0; reading < MAX_READINGS && open.length > 0; reading++) {
    const before = await read(comparing, comparison, left, open);
    await comparing.arrive(left, right);
    const arrived = await read(comparing, comparison, right, open);
    const after = await read(comparing, comparison, left, open);
    const undecided: string[] = [];
    for (const group of open) {
      const verdict = judge({
        before: before.get(group) ?? [],
        arrived: arrived.get(group) ?? [],
        after: after.get(group) ?? [],
      });
      if (verdict.undecided) undecided.push(group);
      else if (!verdict.findings.every(comparing.report)) return false;
    }
    open = undecided;
  }
  return true;
}

/** All facts of these groups, also those after the cut. */
async function read(
  { ask }: Comparing,
  { name: set, space }: Comparison,
  service: string,
  groups: readonly string[],
): Promise<ReadonlyMap<string, readonly Fact[]>> {
  const facts: Fact[] = [];
  let ranges = groups.map((group): GroupRange => ({ low: group, high: groupAfter(space, group) }));
  while (ranges.length > 0) {
    const list: FactList = await ask<FactList>(service, 'facts', { set, ranges, at: null });
    facts.push(...list.facts);
    const { next } = list;
    ranges = next === null ? [] : ranges.filter(({ high }) => high === null || high > next);
    ranges = ranges.map(({ low, high }) => ({ low: next !== null && (low ?? '') < next ? next : low, high }));
  }
  return byGroup(facts);
}
