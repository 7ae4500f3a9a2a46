/**
 * Waits until all lines are booked, because a line that is booked after a day's close belongs to
 * the next day.
 */
import { dayAfter } from '#mixins/calendar.ts';
import type { Actor } from './actor.client.ts';
import type { Board } from './board.ts';
import { until } from './flow.ts';

interface Operation {
  readonly reference: { readonly id: string } | null;
}

export class BookedLines {
  readonly #admin: Actor;
  readonly #board: Board;
  /** Lines of our tasks up to the day before. */
  #before = 0;

  constructor(admin: Actor, board: Board) {
    this.#admin = admin;
    this.#board = board;
  }

  /** Resolves when the books have all lines of our tasks. `day` is the open one. */
  async complete(day: string): Promise<void> {
    const { lines } = this.#board;
    await until(`the books of ${day}`, async () => this.#before + (await this.#since(day)) >= lines);
    this.#before = lines;
  }

  async #since(day: string): Promise<number> {
    const { ids } = this.#board;
    // If the calendar has just ended the day, a part is on the next one.
    const days = [day, dayAfter(day)];
    const operations = await Promise.all(
      days.map((each) => this.#admin.all<Operation>(`/analytics/days/${each}/operations`)),
    );
    return operations.flat().filter(({ reference }) => ids.has(reference?.id ?? '')).length;
  }
}
