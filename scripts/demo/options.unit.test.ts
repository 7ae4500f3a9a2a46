import { describe, expect, it } from '@jest/globals';
import { OptionError, readOptions } from './options.ts';

describe('the options of the demo', () => {
  it('have defaults', () => {
    expect(readOptions([])).toEqual({ seed: 1, people: 12, weeks: 4, tasksADay: 20, intoExisting: false });
  });

  it('are parsed', () => {
    const args = ['--seed', '0', '--people=3', '--weeks', '52', '--tasks-a-day', '1000', '--into-existing'];
    expect(readOptions(args)).toEqual({
      seed: 0,
      people: 3,
      weeks: 52,
      tasksADay: 1000,
      intoExisting: true,
    });
    expect(readOptions(['--help'])).toBeUndefined();
  });

  it.each([
    [['--seed', '4294967296'], '--seed'],
    [['--seed', '-1'], '--seed'],
    [['--people', '2'], '--people'],
    [['--weeks', '53'], '--weeks'],
    [['--weeks', '1.5'], '--weeks'],
    [['--tasks-a-day', ''], '--tasks-a-day'],
    [['--fast'], '--fast'],
    [['more'], 'more'],
    [['--into-existing=yes'], '--into-existing'],
  ])('%j are refused with the name of the option', (args, name) => {
    expect(() => readOptions(args)).toThrow(OptionError);
    expect(() => readOptions(args)).toThrow(name);
  });
});
