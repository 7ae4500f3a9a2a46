/**
 * The whole system as `npm start` runs it, measured in one run beside its baselines (issue 9). Load
 * generator and system share the machine on purpose. Each load is preceded by a shorter one, because
 * the first seconds measure the compiler.
 *
 * - B1: transactions a second of pgbench's TPC-B-like script, 8 clients, scale 10, on the same
 *   PostgreSQL. Without pgbench the same statements go through pg, and a note says so.
 * - B4: answers a second of a bare node:http server with pg and one prepared statement, which
 *   answers the rows of S2.
 * - S1: `POST /tasks` on 32 connections. Tasks over the time from the first request until every
 *   outbox is empty and every consumer has acknowledged everything. Its p99 and its median.
 * - S1b: the same for 10 s: the rate of the answers, and how long the consumers then need.
 * - S2: `GET /tasks?assignee=me&limit=20` on 32 connections, answers a second.
 * - S3: tasks of a shuffle over the time until it is completed, and until everything is handled as
 *   in S1. p99 of 100 other requests a second until then, beside that of the idle system.
 * - S4: events a second of the bench `accounting`, with the relay, on the servers of the system: on
 *   one node, and on two in a process each.
 * - S5: processor time of all processes below the launcher during S1, until everything is handled,
 *   for each task. Beside it that of PostgreSQL and pgbench for each transaction of B1.
 * - S6: from the 201 to the fee, at half of S1's sustained rate: the bench looks for the fee's
 *   posting by its key every millisecond from the answer on.
 * - S8: transactions of all databases (pg_stat_database, without our own) and processor time of all
 *   processes, while nobody asks for anything.
 * - S9: resident memory of each process after S1 to S4, beside that before any load.
 * - S10: p99 of `POST /tasks` at half of S1's rate, beside 32 connections that sign in.
 * - S11: the median of each read for somebody who asks alone, in a system with one page of
 *   everything, and again after one person has got 10,000 done tasks and 20,000 lines of today.
 *   `GET /auth/me` has no history: its ratio shows how quiet the machine was.
 *
 * Short by default. Options: `--full` (1,000,000 tasks, 5,000,000 lines), `--json`,
 * `--only S1,S2`, `--try` (a little of everything, to see that the bench works). P, the peer, is
 * not measured. Needs Linux.
 */
import { once } from 'node:events';
import { messageOf } from '#schemas/text.ts';
import { Backlog } from './whole/backlog.ts';
import { backlogBooked } from './whole/booking.ts';
import { closeClient } from './whole/client.ts';
import { burst, processorTime, sustainedCreation } from './whole/creations.ts';
import { timeUntilFee } from './whole/fees.ts';
import { readsOfGrownSystem } from './whole/grown.ts';
import { makeFirstPages } from './whole/growth.ts';
import { seedHistory } from './whole/history.ts';
import { idleSystem } from './whole/idle.ts';
import { listOfTasks } from './whole/lists.ts';
import { CONNECTIONS } from './whole/load.ts';
import { residentMemory } from './whole/memory.ts';
import { readOptions } from './whole/options.ts';
import { addEmployees, registerPeople } from './whole/people.ts';
import { memoryOf, treeOf } from './whole/processes.ts';
import { endPrograms } from './whole/programs.ts';
import { type Run, runOn } from './whole/run.ts';
import type { Amounts } from './whole/scene.ts';
import { shuffle } from './whole/shuffles.ts';
import { signInStorm } from './whole/sign-ins.ts';
import { launchSystem, type System } from './whole/system.ts';
import { type Row, toJson, toTable } from './whole/table.ts';

/** It starts a system of its own (scripts/bench.ts). */
export const startsServers = true;

/** One for each connection of the sign-in storm. */
const EMPLOYEES = CONNECTIONS;
/** The exit code after Ctrl-C. */
const INTERRUPTED = 130;

/**
 * In the order in which they run. S11 comes first, because it compares with a system that is still
 * small and has one employee. The idle system is looked at before the loads that leave vacuums.
 */
const PARTS: Readonly<Record<string, (run: Run) => Promise<Row[]>>> = {
  S11: readsOfGrownSystem,
  S8: idleSystem,
  S1: sustainedCreation,
  S5: processorTime,
  S1b: burst,
  S2: listOfTasks,
  S3: shuffle,
  S4: backlogBooked,
  S9: residentMemory,
  S6: timeUntilFee,
  S10: signInStorm,
};

export default async function bench(args: readonly string[]): Promise<void> {
  const { parts, amounts, json } = readOptions(args, Object.keys(PARTS));
  const ending = interruption();
  const launched = await launchSystem();
  try {
    const measured = launched.ready().then((system) => measure(system, parts, amounts, ending));
    const rows = await Promise.race([measured, once(ending, 'abort').then(() => null)]);
    if (rows === null) process.exitCode = INTERRUPTED;
    else console.log(json ? toJson(rows) : toTable(rows));
  } finally {
    endPrograms();
    closeClient();
    await launched.stop();
  }
  // Whatever an interruption left unfinished ends with the process.
  process.exit();
}

/** Is aborted when somebody asks us to end. */
function interruption(): AbortSignal {
  const ending = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => ending.abort());
  return ending.signal;
}

async function measure(
  system: System,
  parts: readonly string[],
  amounts: Amounts,
  ending: AbortSignal,
): Promise<Row[]> {
  const people = await registerPeople(system);
  const backlog = await Backlog.of(system);
  const memoryAtStart = memoryOf(treeOf(system.launcher));
  const run = runOn({ system, people, backlog, amounts, memoryAtStart });
  await makeFirstPages(run);
  const rows: Row[] = [];
  const take = async (part: string) => rows.push(...(await measurePart(part, run, ending)));
  if (parts.includes('S11')) await take('S11');
  else await seedHistory(run);
  await addEmployees(system, people, EMPLOYEES);
  for (const part of parts) if (part !== 'S11') await take(part);
  await backlog.close();
  return rows;
}

/** Progress goes to the standard error, and so does a failure, so that the other parts go on. */
async function measurePart(part: string, run: Run, ending: AbortSignal): Promise<Row[]> {
  const begun = performance.now();
  try {
    return (await PARTS[part]?.(run)) ?? [];
  } catch (error) {
    // An interruption ends servers and programs, so the measurement fails. The others would, too.
    if (ending.aborted) throw error;
    console.error(error);
    process.exitCode = 1;
    return [{ id: part, what: 'failed', value: Number.NaN, unit: '', note: messageOf(error) }];
  } finally {
    console.error(`${part} took ${((performance.now() - begun) / 1_000).toFixed(0)} s`);
  }
}
