/**
 * `npm test`: types, style and every test, all within one budget of time (`TEST_BUDGET`). Arguments go to jest, which
 * then runs alone: `npm test -- services/tasks`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../config.ts';
import { COMPILE_CACHE } from './launcher/compile-cache.ts';
import { readIfThere } from './launcher/files.ts';
import { explain } from './launcher/run.ts';
import { type Counts, closingLines } from './test-run/closing-line.ts';
import { type Part, runPart } from './test-run/part.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const BIN = `${ROOT}/node_modules/.bin`;
const NODE = process.execPath;

const CACHE = { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? COMPILE_CACHE };
const TYPES: Part = { name: 'types', command: [`${BIN}/tsc`, '--noEmit'], environment: CACHE };
const STYLE: Part = {
  name: 'style',
  command: [`${BIN}/biome`, 'check', '--error-on-warnings'],
  environment: CACHE,
};

function jest(parameters: readonly string[], counts: string): Part {
  const command: Part['command'] = [
    NODE,
    '--experimental-vm-modules',
    // Jest needs that flag, and Node warns of it in every process.
    '--disable-warning=ExperimentalWarning',
    `${ROOT}/node_modules/jest/bin/jest.js`,
    ...parameters,
  ];
  return { name: 'tests', command, environment: { ...CACHE, TEST_COUNTS_FILE: counts } };
}

/** Aborted when the run has to end, with the reason. */
const over = new AbortController();
const INTERRUPTED = 'interrupted';
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => over.abort(INTERRUPTED));
}

/** Runs all parts, also behind one that failed; gives the exit code. */
async function runAll(parameters: readonly string[], folder: string): Promise<number> {
  const { testBudget } = readConfig({ TEST_BUDGET: process.env.TEST_BUDGET });
  setTimeout(() => over.abort('ended, because the budget is used up'), testBudget * 1000).unref();
  const counts = `${folder}/counts.json`;
  let failed = false;
  for (const part of [...(parameters.length > 0 ? [] : [TYPES, STYLE]), jest(parameters, counts)]) {
    failed = over.signal.aborted || !(await runPart(part, { cwd: ROOT, over: over.signal })) || failed;
  }
  const written = readIfThere(counts);
  const lines = closingLines(written === null ? null : (JSON.parse(written) as Counts));
  console.log(lines.join('\n'));
  if (over.signal.reason === INTERRUPTED) return 130;
  return failed ? 1 : 0;
}

const folder = mkdtempSync(`${tmpdir()}/test-counts-`);
try {
  process.exitCode = await runAll(process.argv.slice(2), folder);
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
