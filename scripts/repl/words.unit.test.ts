import { describe, expect, it } from '@jest/globals';
import type { Command } from '#mixins/repl/command.ts';
import { JsonPrinter, TextPrinter } from './printers.ts';
import { readWords, splitLine, UsageError, usageOf } from './words.ts';

const command = (usage: string, ...options: string[]): Command => ({
  command: usage,
  description: 'Feeds birds',
  place: 1,
  options: options.map((option) => ({ option, description: 'how' })),
  run: () => Promise.resolve(),
});
const FEED = command('feed <bird> [seeds...]', '--all-day', '--after <time>');

describe('the words of a command', () => {
  it('are read as in the session', () => {
    expect(readWords(FEED, ['pip', 'oats', '--after', '9', 'corn', '--all-day', '--json'])).toEqual({
      operands: ['pip', 'oats', 'corn'],
      options: { allDay: true, after: '9' },
      isJson: true,
      isHelp: false,
    });
  });

  it.each([
    [FEED, [], '<bird> is missing'],
    [FEED, ['pip', '--sideways'], '--sideways'],
    [FEED, ['pip', '--after'], '--after'],
    [command('rest [bird]'), ['pip', 'pup'], 'There are too many words: pip pup'],
    [command('rest'), ['pip'], 'There are too many words: pip'],
  ])('are refused where they do not fit', (given, words, reason) => {
    expect(() => readWords(given, words)).toThrow(UsageError);
    expect(() => readWords(given, words)).toThrow(reason);
  });

  it('may be missing where help is wanted', () => {
    expect(readWords(FEED, ['--help'])).toMatchObject({ isHelp: true });
    expect(usageOf(FEED, 'npm run repl -- ').join('\n')).toMatch(
      /^Usage: npm run repl -- feed .*[\s\S]*--after <time> +how/,
    );
  });
});

it.each([
  ['', []],
  ['  feed  pip ', ['feed', 'pip']],
  [`discard x "of no  use" it's`, ['discard', 'x', 'of no  use', "it's"]],
  [`call a.b name='{"seeds": 3}' age=3`, ['call', 'a.b', 'name={"seeds": 3}', 'age=3']],
  [`""`, ['']],
])('a line is split at spaces outside of quotes: %s', (line, words) => {
  expect(splitLine(line)).toEqual(words);
});

const HEAD = ['Bird', 'Song'];
const ROWS = [['pip', 'a\nlong song of many words, which goes on']];

describe('an answer', () => {
  it.each([80, 120])('fits %d columns as text', (width) => {
    const lines: string[] = [];
    const printer = new TextPrinter(width, (line) => lines.push(line));
    printer.table(HEAD, [['pip', 'la '.repeat(100)]], 'None.');
    printer.table(HEAD, ROWS, 'None.');
    printer.table(HEAD, [], 'None.');
    expect(lines.at(-2)).toBe('pip   a long song of many words, which goes on');
    expect(lines.at(-1)).toBe('None.');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    expect(printer.hasFailed).toBe(false);
  });

  it('is whole as JSON', () => {
    const printer = new JsonPrinter();
    printer.table(HEAD, ROWS);
    printer.fields({ age: 3 });
    printer.line('It sings');
    printer.failed();
    expect(printer.hasFailed).toBe(true);
    expect(JSON.parse(printer.text(undefined))).toEqual({
      rows: [{ Bird: 'pip', Song: ROWS[0]?.[1] }],
      fields: { age: 3 },
      lines: ['It sings'],
      error: null,
    });
  });
});
