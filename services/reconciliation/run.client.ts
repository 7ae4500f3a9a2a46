/** One reconciliation from its cut to its result (ANA-6). It only reads. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Comparison } from '#schemas/comparison.ts';
import { isProblem, Problem } from '#schemas/errors.ts';
import type { Appended, CheckPage, Difference, Published } from '#schemas/reconciliation.ts';
import { type Ask, type Comparing, compare } from './compare.ts';
import { nameOf } from './difference.ts';
import { Findings, type Result } from './findings.ts';
import type { Finding } from './judge.ts';
import type { Plan } from './plan.ts';

/**
 * How long the events of one service may take to arrive at another, in milliseconds. A consumer
 * that is further behind needs an operator first.
 */
const ARRIVE_WITHIN_MS = 60_000;
/**
 * First and longest pause between two reads of the delivery progress, in milliseconds. It doubles.
 */
const FIRST_LOOK_MS = 10;
const LAST_LOOK_MS = 250;
/** A comparison ends after this many differences. The result then counts at least so many. */
const MAX_COUNTED = 5_000;
/** A time in whole milliseconds may be rounded down by this much. */
const ROUNDING_MS = 1;

/** The run ends without an outcome, because its node stops or another node has it now. */
export class RunEnded extends Error {}

/** Called for a comparison or a check that failed by a bug. The others still run. */
export type OnFailedPart = (part: string, error: unknown) => void;

/**
 * Throws `service_unavailable` if a participant does not answer or is behind, and what `ask` throws
 * to end the run. Any other error of a comparison or check becomes a difference of its own.
 */
export async function reconcile(plan: Plan, ask: Ask, onFailedPart: OnFailedPart): Promise<Result> {
  const arrive = (from: string, at: string) => arrived(ask, from, at);
  const { now } = await ask<Appended>(plan.clock, 'appended', {});
  const at = new Date(Date.parse(now) + ROUNDING_MS).toISOString();
  for (const { from, at: all } of plan.arrivals)
    await Promise.all(all.map((service) => arrive(from, service)));

  const findings = new Findings();
  const isolated = async (part: string, work: Promise<void>) => {
    try {
      await work;
    } catch (error) {
      if (error instanceof RunEnded || isProblem(error, 'service_unavailable')) throw error;
      onFailedPart(part, error);
      findings.add(failedPart(part));
    }
  };
  for (const comparison of plan.comparisons) {
    await isolated(
      `The comparison ${comparison.name}`,
      compareInto(findings, { ask, arrive, at }, comparison),
    );
  }
  for (const { service, check } of plan.checks) {
    await isolated(`The check ${check} of ${service}`, checkInto(findings, ask, service, check));
  }
  return findings.result;
}

function failedPart(part: string): Difference {
  const message = `${part} could not be done; see the log of reconciliation`;
  return { code: 'part_failed', message, part };
}

async function compareInto(
  findings: Findings,
  parts: Omit<Comparing, 'report'>,
  comparison: Comparison,
): Promise<void> {
  let found = 0;
  const report = (finding: Finding) => {
    findings.add(nameOf(comparison, finding));
    found += 1;
    return found < MAX_COUNTED;
  };
  await compare({ ...parts, report }, comparison);
}

async function checkInto(findings: Findings, ask: Ask, service: string, check: string): Promise<void> {
  let after: string | null = null;
  do {
    const page: CheckPage = await ask<CheckPage>(service, 'check', { check, after });
    findings.addStep(page);
    after = page.next;
  } while (after !== null);
}

/** Waits until the consumers of `at` have handled everything that `from` has committed by now. */
async function arrived(ask: Ask, from: string, at: string): Promise<void> {
  const { position } = await ask<Appended>(from, 'appended', {});
  const giveUpAt = performance.now() + ARRIVE_WITHIN_MS;
  const until = async <Value>(look: () => Promise<Value | false>, what: string): Promise<Value> => {
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(2 * pause, LAST_LOOK_MS)) {
      const value = await look();
      if (value !== false) return value;
      if (performance.now() > giveUpAt) throw new Problem('service_unavailable', what);
      await delay(pause);
    }
  };
  const { epoch, sequence } = await until(async () => {
    const published = await ask<Published>(from, 'published', { position });
    return published.published && published;
  }, `Events of ${from} have waited for more than ${ARRIVE_WITHIN_MS} ms to leave its outbox`);
  await until(
    () => ask<boolean>(at, 'handled', { stream: from, epoch, sequence }),
    `${at} is more than ${ARRIVE_WITHIN_MS} ms behind the events of ${from}`,
  );
}
