import { describe, expect, it } from '@jest/globals';
import { closingLine } from './closing-line.ts';
import { workerArguments } from './jest-arguments.ts';
import { type Part, runPart } from './part.ts';

const counts = { passed: 5, failed: 0, skipped: 0, suites: 2, allSuites: 2 };

describe('the closing line', () => {
  it.each([
    ['a whole run', counts, 'tests: 5 passed, 0 failed'],
    ['skipped tests', { ...counts, skipped: 3 }, 'tests: 5 passed, 0 failed, 3 skipped'],
    [
      'a run that its budget ended',
      { ...counts, allSuites: 9 },
      'tests: 5 passed, 0 failed, 7 of 9 suites not finished',
    ],
    ['a run without Jest', null, 'tests: 0 passed, 0 failed, no suite was run'],
  ])('G27: tells of %s', (_, given, line) => {
    expect(closingLine(given)).toBe(line);
  });
});

describe('the arguments of Jest', () => {
  it.each([
    [[], ['--maxWorkers=3']],
    [['services/tasks', '-t', 'ACC-6'], ['--maxWorkers=3']],
    [['--watch', '--workerThreads'], ['--maxWorkers=3']],
    ...[['--maxWorkers=1'], ['--maxWorkers', '1'], ['--max-workers=50%'], ['-w', '1'], ['-w=1'], ['-w1']].map(
      (given) => [given, []],
    ),
    [['services', '-i'], []],
    [['--runInBand', 'services'], []],
  ])('G27: say how many workers run, unless the caller does: %j', (given, expected) => {
    expect(workerArguments(given)).toEqual(expected);
  });
});

describe('a part of the run', () => {
  const part = (script: string): Part => ({ name: 'toy', command: [process.execPath, '-e', script] });
  const run = async (script: string, withinMs: number) => {
    const lines: string[] = [];
    const passed = await runPart(part(script), {
      cwd: '/',
      withinMs,
      endsWithinMs: 50,
      print: (line) => lines.push(line.replace(/\d+\.\d/, 'n')),
    });
    return { passed, lines };
  };

  it.each([
    ['passes', '', 60_000, true, 'ok'],
    ['fails', 'process.exit(3)', 60_000, false, 'failed'],
    ['does not end', 'setInterval(() => {}, 1000)', 10, false, 'ended, because the budget is used up'],
    [
      'does not want to end',
      "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)",
      500,
      false,
      'ended, because the budget is used up',
    ],
    [
      'begins behind the budget',
      'setInterval(() => {}, 1000)',
      -1,
      false,
      'ended, because the budget is used up',
    ],
  ])('G27: that %s is reported', async (_, script, withinMs, passed, outcome) => {
    expect(await run(script, withinMs)).toEqual({ passed, lines: [`toy: ${outcome} (n s)`] });
  });
});
