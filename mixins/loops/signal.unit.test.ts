import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { delayed } from './signal.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it('a delayed source makes one wake of all that come in the meantime, and none after its end', () => {
  let wake = () => {};
  let isHeard = true;
  const source = {
    listen(action: () => void) {
      wake = action;
      return () => {
        isHeard = false;
      };
    },
  };
  let wakes = 0;
  const end = delayed(source, 500).listen(() => wakes++);
  wake();
  jest.advanceTimersByTime(400);
  wake();
  expect(wakes).toBe(0);
  jest.advanceTimersByTime(100);
  expect(wakes).toBe(1);
  jest.advanceTimersByTime(1_000);
  expect(wakes).toBe(1);
  wake();
  end();
  jest.advanceTimersByTime(1_000);
  expect({ wakes, isHeard }).toEqual({ wakes: 1, isHeard: false });
});
