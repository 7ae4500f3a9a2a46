/**
 * `npm test`: types, style and every test, all within one time budget (`TEST_BUDGET`). Arguments go
 * to Jest, which then runs alone: `npm test -- services/tasks`. `npm test -- --changed` runs the
 * most relevant tests of a change that take less than a minute.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { DEFAULT_TEST_BUDGET, readConfig } from '../config.ts';
import { COMPILE_CACHE } from './compile-cache.mjs';
import { explain } from './launcher/explain.ts';
import { readIfThere } from './launcher/files.ts';
import { answerHelp } from './launcher/help.ts';
import { chooseTests } from './test-run/changed.ts';
import { type Counts, closingLines } from './test-run/closing-line.ts';
import { slowness } from './test-run/pace.ts';
import { type Part, runPart } from './test-run/part.ts';
import { readSources } from './test-run/sources.ts';

const USAGE = `Usage: npm test -- [--changed[=REVISION]] [PATHS and options of Jest]

Without arguments: types, style and every test, on servers of its own, within TEST_BUDGET seconds.
  --changed  the most relevant tests of what differs from the last commit, or from a revision
Everything else goes to Jest, which then runs alone: npm test -- services/tasks`;

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const BIN = `${ROOT}/node_modules/.bin`;
const NODE = process.execPath;

const CACHE = { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? COMPILE_CACHE };
const TYPES: Part = { name: 'types', command: [`${BIN}/tsc`, '--noEmit'], environment: CACHE };
const PAGE_TYPES: Part = {
  name: 'types of pages',
  command: [`${BIN}/tsc`, '--noEmit', '-p', 'web'],
  environment: CACHE,
};
const STYLE: Part = {
  name: 'style',
  command: [`${BIN}/biome`, 'check', '--error-on-warnings'],
  environment: CACHE,
};

const JEST: Part['command'] = [
  NODE,
  '--experimental-vm-modules',
  // Jest needs that flag, and Node prints a warning about it in every process.
  '--disable-warning=ExperimentalWarning',
  `${ROOT}/node_modules/jest/bin/jest.js`,
];

function jest(parameters: readonly string[], counts: string, budget: number): Part {
  const command: Part['command'] = [...JEST, ...parameters];
  const environment = { ...CACHE, TEST_COUNTS_FILE: counts, TEST_BUDGET: String(budget) };
  return { name: 'tests', command, environment };
}

const CHANGED = /^--changed(?:=(.+))?$/;

/** The parameters for Jest, with the tests of the change where `--changed` is among them. */
function withChanged(parameters: readonly string[]): readonly string[] {
  const asked = parameters.map((each) => CHANGED.exec(each)).find((found) => found !== null);
  if (asked === undefined) return parameters;
  const { run, leftOut } = chooseTests(readSources(ROOT, JEST, asked[1]));
  console.log(`changed: ${run.length} test files; ${leftOut.length} more depend on the change`);
  return [...parameters.filter((each) => !CHANGED.test(each)), '--runTestsByPath', ...run];
}

/** Aborted with the reason when the run must end. */
const over = new AbortController();
const INTERRUPTED = 'interrupted';
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => over.abort(INTERRUPTED));
}

/** Runs all parts, even after a failed one. Returns the exit code. */
async function runAll(parameters: readonly string[], folder: string): Promise<number> {
  const given = process.env.TEST_BUDGET;
  const budget = given
    ? readConfig({ TEST_BUDGET: given }).testBudget
    : Math.round(DEFAULT_TEST_BUDGET * slowness());
  console.log(`budget: ${budget} s`);
  setTimeout(() => over.abort('ended, because the budget is used up'), budget * 1000).unref();
  const counts = `${folder}/counts.json`;
  let failed = false;
  const runsJestAlone = parameters.length > 0 && !parameters.some((each) => CHANGED.test(each));
  const tests = jest(withChanged(parameters), counts, budget);
  for (const part of [...(runsJestAlone ? [] : [TYPES, PAGE_TYPES, STYLE]), tests]) {
    failed = over.signal.aborted || !(await runPart(part, { cwd: ROOT, over: over.signal })) || failed;
  }
  const written = readIfThere(counts);
  const lines = closingLines(written === null ? null : (JSON.parse(written) as Counts));
  console.log(lines.join('\n'));
  if (over.signal.reason === INTERRUPTED) return 130;
  return failed ? 1 : 0;
}

answerHelp(USAGE);
const folder = mkdtempSync(`${tmpdir()}/test-counts-`);
try {
  process.exitCode = await runAll(process.argv.slice(2), folder);
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
