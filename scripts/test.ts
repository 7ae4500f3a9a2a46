/**
 * `npm test`: types, style and every test, each part within its budget of time. Arguments go to jest, which then
 * runs alone: `npm test -- services/tasks`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readIfThere } from './launcher/files.ts';
import { compileCache } from './launcher/service-process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const BIN = `${ROOT}/node_modules/.bin`;
const NODE = process.execPath;

/** Two cores: a third worker would only make the others wait. */
const JEST_WORKERS = 2;

interface Part {
  readonly name: string;
  readonly command: readonly string[];
  /** Seconds; a part that takes longer has failed. */
  readonly budget: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Ten times what it takes: a machine that is busy installing is slow. */
const TYPES: Part = { name: 'types', command: [`${BIN}/tsc`, '--noEmit'], budget: 60 };
const STYLE: Part = { name: 'style', command: [`${BIN}/biome`, 'check', '--error-on-warnings'], budget: 60 };
/** Twice what they take on a quiet machine: with the other parts and an installation, less than a quarter of an hour. */
const TESTS_BUDGET = 700;

let running: ChildProcess | undefined;
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true;
    running?.kill(signal);
  });
}

/** Runs one part; false when it failed, was interrupted or took longer than it may. */
async function run({ name, command, budget, environment }: Part): Promise<boolean> {
  const [file = NODE, ...parameters] = command;
  const startedAt = Date.now();
  const env = { NODE_COMPILE_CACHE: compileCache(ROOT), ...process.env, ...environment };
  const child = spawn(file, parameters, { cwd: ROOT, stdio: 'inherit', env });
  running = child;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGTERM');
  }, budget * 1000);
  const [code] = await once(child, 'exit');
  clearTimeout(timer);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  const outcome = late ? `took longer than its ${budget} s` : code === 0 ? 'ok' : 'failed';
  console.log(`${name}: ${outcome} (${seconds} s)`);
  return code === 0 && !late && !interrupted;
}

function jest(parameters: readonly string[], counts: string): Part {
  const command = [
    NODE,
    '--experimental-vm-modules',
    // Jest needs that flag, and Node warns of it in every process.
    '--disable-warning=ExperimentalWarning',
    `${ROOT}/node_modules/jest/bin/jest.js`,
    '--reporters=default',
    `--reporters=${ROOT}/test/harness/counts-reporter.mjs`,
    // Behind the reporters, which would take what follows them for more of theirs.
    `--maxWorkers=${JEST_WORKERS}`,
    ...parameters,
  ];
  return { name: 'tests', command, budget: TESTS_BUDGET, environment: { TEST_COUNTS_FILE: counts } };
}

interface Counts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

/** The closing line, that people and machines read alike; none where Jest did not come to its end. */
function summarize(file: string): void {
  const counts = readIfThere(file);
  if (counts === null) return;
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(counts) as Counts;
  const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
  console.log(`tests: ${numPassedTests} passed, ${numFailedTests} failed${skipped}`);
}

const parameters = process.argv.slice(2);
const folder = mkdtempSync(`${tmpdir()}/test-counts-`);
try {
  const counts = `${folder}/counts.json`;
  const parts = [...(parameters.length > 0 ? [] : [TYPES, STYLE]), jest(parameters, counts)];
  for (const part of parts) {
    if (interrupted || (await run(part))) continue;
    process.exitCode = 1;
  }
  if (interrupted) process.exitCode = 130;
  else summarize(counts);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
