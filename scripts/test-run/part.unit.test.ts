import { describe, expect, it } from '@jest/globals';
import { closingLines } from './closing-line.ts';
import { type Part, runPart } from './part.ts';

const counts = { passed: 5, failed: 0, skipped: 0, allSuites: 9, unfinished: [] };

describe('the end of a run', () => {
  it.each([
    ['a whole run', counts, ['tests: 5 passed, 0 failed']],
    ['skipped tests', { ...counts, skipped: 3 }, ['tests: 5 passed, 0 failed, 3 skipped']],
    [
      'a run that its budget ended',
      { ...counts, unfinished: ['a.test.ts', 'b.test.ts'] },
      [
        'not finished: a.test.ts',
        'not finished: b.test.ts',
        'tests: 5 passed, 0 failed, 2 of 9 suites not finished',
      ],
    ],
    ['a run without Jest', null, ['tests: 0 passed, 0 failed, no suite was run']],
  ])('G27: reports %s', (_, given, lines) => {
    expect(closingLines(given)).toEqual(lines);
  });
});

describe('a part of the run', () => {
  const LASTS = 'setInterval(() => {}, 1000)';
  const part = (script: string): Part => ({ name: 'toy', command: [process.execPath, '-e', script] });
  const run = async (script: string, withinMs: number) => {
    const over = new AbortController();
    const overAfter = setTimeout(() => over.abort('over'), withinMs);
    if (withinMs === 0) over.abort('over');
    const lines: string[] = [];
    const passed = await runPart(part(script), {
      cwd: '/',
      over: over.signal,
      endWithinMs: 50,
      print: (line) => lines.push(line.replace(/\d+\.\d/, 'n')),
    });
    clearTimeout(overAfter);
    return { passed, lines };
  };

  it.each([
    ['passes', '', 60_000, true, 'ok'],
    ['fails', 'process.exit(3)', 60_000, false, 'failed'],
    ['does not end', LASTS, 10, false, 'over'],
    ['does not want to end', `process.on('SIGTERM', () => {}); ${LASTS}`, 500, false, 'over'],
    ['begins behind the budget', LASTS, 0, false, 'over'],
  ])('G27: that %s is reported', async (_, script, withinMs, passed, outcome) => {
    expect(await run(script, withinMs)).toEqual({ passed, lines: [`toy: ${outcome} (n s)`] });
  });
});
