/**
 * Random but repeatable events of a company over some days: users, tasks, and the resulting events
 * of accounting.
 */
import type { FixtureEvent } from '../../../test/harness/consumers/fixture.ts';
import { history, Ledger, names } from './ledger.fixture.ts';

const PEOPLE = 40;
/** Tasks of a wave; each makes up to eight events. */
const TASKS = 25;
const FIRST_DAY = Date.UTC(2026, 2, 1);
const DAY_MS = 86_400_000;
/** The number of waves in a day. */
const WAVES_A_DAY = 8;

/** A small generator of 32-bit numbers (mulberry32): the same seed gives the same traffic. */
function wordsFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) % below;
  };
}

export class Traffic {
  readonly #ledger = new Ledger();
  readonly #draw: (below: number) => number;
  #tasks = 0;
  #waves = 0;
  /** All events so far. */
  readonly told: FixtureEvent[] = [];

  constructor(seed: number) {
    this.#draw = wordsFrom(seed);
  }

  /** The events of the next wave, of all three streams. */
  wave(): FixtureEvent[] {
    const day = new Date(FIRST_DAY + Math.floor(this.#waves / WAVES_A_DAY) * DAY_MS)
      .toISOString()
      .slice(0, 10);
    const users =
      this.#waves === 0 ? Array.from({ length: PEOPLE }, (_, n) => names(n + 1, `Popug ${n}`)).flat() : [];
    const tasks = Array.from({ length: TASKS }, () => this.#task(day)).flat();
    this.#ledger.announce();
    this.#waves += 1;
    if (this.#waves % WAVES_A_DAY === 0) this.#ledger.close(day).announce();
    const events = [...users, ...tasks, ...this.#ledger.events.splice(0)];
    this.told.push(...events);
    return events;
  }

  waves(count: number): FixtureEvent[] {
    return Array.from({ length: count }, () => this.wave()).flat();
  }

  #task(day: string): FixtureEvent[] {
    this.#tasks += 1;
    const n = this.#tasks;
    const assignees = Array.from({ length: 1 + this.#draw(3) }, () => 1 + this.#draw(PEOPLE));
    const done = this.#draw(2) === 0;
    this.#ledger.priced(n);
    for (const assignee of assignees) this.#ledger.billed(n, assignee, day);
    if (done) this.#ledger.paid(n, assignees.at(-1) ?? 1, day);
    if (this.#draw(10) === 0) this.#ledger.posted(1 + this.#draw(PEOPLE), this.#draw(9_000) - 4_000, day);
    return history(n, assignees, done);
  }
}
