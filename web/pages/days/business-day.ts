/** What the parts of the page of a day share. */
import type { Answer } from '#client';

export type BusinessDay = Answer<'/accounting/days/{day}', 'get'>;

/** What the close would pay, and when the server said so: Unix time in milliseconds. */
export interface Rehearsal {
  readonly at: number;
  readonly day: BusinessDay;
}
