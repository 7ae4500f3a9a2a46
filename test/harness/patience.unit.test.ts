import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { patienceOf } from './patience.ts';

const ROOT = new URL('../../', import.meta.url);

/** Code that a test needs to assert a duration or the size of the heap. */
const MEASURES = [
  /memoryUsage/,
  /expose-gc/,
  /expect\([^;]*?(?:performance|Date)\.now\(\) - [^;]*?\)\.toBe(?:Less|Greater)/,
  // Deadlines below the default of `until`: these are assertions of a duration, unless the failure
  // is caught.
  /within: (?:\d{1,3}|[1-9]_\d{3})\b[^()]*\)(?!\.catch)/,
];

describe('the time factor of a run', () => {
  it.each([
    [undefined, 1],
    ['', 1],
    ['300', 1],
    ['1200', 1],
    ['3600', 3],
  ])('G27: TEST_BUDGET=%s multiplies deadlines by %d', (budget, patience) => {
    expect(patienceOf(budget)).toBe(patience);
  });
});

describe('the tests', () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.(test|fixture)\.ts$/.test(file) && !/^(node_modules|\.data)\//.test(file),
  );

  it('G27: assert no durations and no heap sizes, because these depend on the machine', () => {
    const own = 'test/harness/patience.unit.test.ts';
    // It tests the deadline itself.
    const exempt = [own, 'test/harness/wait.unit.test.ts'];
    const measuring = files.filter((file) => {
      const text = readFileSync(new URL(file, ROOT), 'utf8');
      return !exempt.includes(file) && MEASURES.some((pattern) => pattern.test(text));
    });
    expect(files).toContain(own);
    expect(measuring).toEqual([]);
  });
});
