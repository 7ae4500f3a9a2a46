import { expect, it } from '@jest/globals';
import { reportLines } from './seal-report.ts';
import type { Verification } from './seal-verify.ts';

const DAYS = Array.from({ length: 7 }, (_, n) => ({
  day: `2026-03-0${n + 1}`,
  head: 'f'.repeat(64),
  entries: 1_234_567,
  block: 1_234_567,
  published: true,
}));
const RESULT: Verification = {
  findings: [],
  found: 0,
  postings: 123_456_789,
  entries: 246_913_578,
  blocks: 1_234_567,
  unsealed: 0,
  total: 0n,
  accounts: 10_000,
  head: 'f'.repeat(64),
  days: DAYS,
  shown: undefined,
  ms: 1_000,
};

it('ACC-8: the report of a verification shows the last five closed days, in 80 columns', () => {
  const lines = reportLines('ates_accounting', RESULT, true);
  const text = lines.join('\n');
  expect(text.match(/2026-03-\d\d/g)).toEqual(DAYS.slice(-5).map(({ day }) => day));
  expect(text).toContain('7 closed\n  2 earlier ones\n');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});
