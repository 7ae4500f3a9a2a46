import { describe, expect, it } from '@jest/globals';
import { fieldLines, tableLines } from './layout.ts';

const ID = '0192f000-0000-7000-8000-000000000001';
const HEAD = ['Id', 'Consumer', 'Time', 'Type', 'Reason'];
const ROW = [
  ID,
  'accounting-tasks',
  '2026-03-01T10:00:00Z',
  'tasks.task.created.v1',
  'because '.repeat(20).trim(),
];

describe('a table', () => {
  it('has a line for each row if it fits', () => {
    const lines = tableLines(['Id', 'Reason'], [['pip', 'so']], 80);
    expect(lines).toEqual([['Id   Reason'], ['pip  so']]);
  });

  it('cuts only its last column where enough of it stays', () => {
    const lines = tableLines(['Id', 'Reason'], [['pip', ROW[4] ?? '']], 80);
    expect(lines[1]).toEqual([expect.stringMatching(/^pip {2}because .*…$/)]);
    expect(lines[1]?.[0]).toHaveLength(80);
  });

  it.each([80, 120])('fits %d columns: what has no room stands below, whole', (width) => {
    const lines = tableLines(HEAD, [ROW], width);
    for (const line of lines.flat()) expect(line.length).toBeLessThanOrEqual(width);
    const [first = '', second = ''] = lines[1] ?? [];
    expect(first).toMatch(new RegExp(`^${ID} {2}accounting-tasks {2}2026-03-01T10:00:00Z`));
    expect(second).toMatch(
      width === 80 ? /^ {2}tasks\.task\.created\.v1 {2}because .*…$/ : /^ {2}because .*…$/,
    );
    expect(lines[0]?.length).toBe(2);
  });

  it('cuts any text that is longer than a line', () => {
    const lines = tableLines(['A', 'B'], [['x'.repeat(300), 'y'.repeat(300)]], 80);
    expect(lines[1]).toEqual([`${'x'.repeat(79)}…`, `  ${'y'.repeat(77)}…`]);
  });

  it('lets no text control the terminal', () => {
    expect(tableLines(['A'], [['a\u001b[2J\nb']], 80)[1]).toEqual(['a [2J b']);
  });
});

describe('fields', () => {
  it('stand beside their names, or below where they do not fit', () => {
    const lines = fieldLines({ id: 'pip', head: 'f'.repeat(70), none: null, data: { a: 1 } }, 75);
    expect(lines.map((parts) => parts.join(''))).toEqual([
      'id    pip',
      `head\n  ${'f'.repeat(70)}`,
      'none  -',
      'data  \n{ a: 1 }',
    ]);
  });
});
