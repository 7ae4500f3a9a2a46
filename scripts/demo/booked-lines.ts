/**
 * Waits until all lines are booked, because a line that is booked after a day's close belongs to
 * the next day.
 */
import type { Client } from '#client';
import { dayAfter } from '#mixins/calendar.ts';
import type { Board } from './board.ts';
import { until } from './flow.ts';

/**
 * Resolves when the books have all lines of our tasks. `day` is the open one, and they had `before`
 * lines up to the day before.
 */
export async function allBooked(
  admin: Client,
  { lines, ids }: Board,
  day: string,
  before: number,
): Promise<void> {
  // If the calendar has just ended the day, a part is on the next one.
  const days = [day, dayAfter(day)];
  await until(`the books of ${day}`, async () => {
    const operations = await Promise.all(
      days.map((day) =>
        Array.fromAsync(admin.items('/analytics/days/{day}/operations', { params: { path: { day } } })),
      ),
    );
    const booked = operations.flat().filter(({ reference }) => ids.has(reference?.id ?? ''));
    return before + booked.length >= lines;
  });
}
