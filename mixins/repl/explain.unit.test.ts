import { describe, expect, it } from '@jest/globals';
import { Errors } from 'moleculer';
import { Problem } from '#schemas/errors.ts';
import { explain, orNone, Refusal } from './explain.ts';

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
