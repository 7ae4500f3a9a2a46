import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Errors } from 'moleculer';
import { explain, orNone, Refusal } from '#mixins/repl/explain.ts';
import { Problem } from '#schemas/errors.ts';
import { readConfig } from '../../config.ts';
import { commandsOf } from './commands.ts';
import { fitted } from './custom-command.ts';

it('every command is in the runbook', async () => {
  const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
  for (const { command } of await commandsOf(readConfig({}).product))
    expect(runbook).toContain(`\`${command.split(' ')[0]}`);
});

describe('a table', () => {
  const rows = [
    ['Id', 'Reason'],
    ['a'.repeat(10), 'because it was so and not otherwise'],
  ];

  it('is unchanged if it fits', () => {
    expect(fitted(rows, 80)).toEqual(rows);
  });

  it('is truncated in its last column to the width of the terminal if it does not fit', () => {
    const [, row] = fitted(rows, 40);
    expect(row).toEqual(['a'.repeat(10), 'because it was so and …']);
    const framed = `║ ${row?.join(' │ ')} ║`;
    expect(framed).toHaveLength(40);
  });

  it('keeps a readable last column, however narrow the terminal is', () => {
    expect(fitted(rows, 10)[1]?.[1]).toHaveLength(20);
  });
});

describe('an error', () => {
  it.each([
    [new Refusal('No such thing'), 'No such thing'],
    [new Problem('conflict', 'It was\nsettled before'), 'It was settled before'],
    [
      new Problem('validation_failed', 'Some fields are invalid', {
        errors: [{ field: 'day', code: 'date', message: 'x is no day' }],
      }),
      'x is no day',
    ],
    [
      new Errors.ValidationError('Parameters validation error!', 'VALIDATION_ERROR', [
        { field: 'id', message: 'no id' },
      ] as never),
      'no id',
    ],
    [new Errors.RequestTimeoutError({ action: 'a.b', nodeID: 'n' }), 'No answer in time'],
    [
      new Errors.RequestRejectedError({ action: 'a.b', nodeID: 'n' }),
      'NATS is away. The REPL joins again by itself when it is back',
    ],
    ['what was thrown', 'what was thrown'],
  ])('is one line', (error, line) => {
    expect(explain(error)).toBe(line);
  });

  it('about a missing thing is reported in the words of the command', async () => {
    await expect(orNone(Promise.reject(new Problem('not_found')), 'There is no such letter')).rejects.toThrow(
      new Refusal('There is no such letter'),
    );
    await expect(orNone(Promise.reject(new Problem('conflict')), 'There is none')).rejects.toMatchObject({
      type: 'conflict',
    });
  });
});
