/**
 * The whole plan of the demo, made in advance. Pure: the same options give the same people, tasks,
 * days and order.
 */
import type { DemoOptions } from './options.ts';
import { Random } from './random.ts';
import { DESCRIPTIONS, FIRST_NAMES, LAST_NAMES, OBJECTS, PLACES, REASONS, TRADES, VERBS } from './words.ts';

export interface PlanOptions extends Omit<DemoOptions, 'intoExisting'> {
  /** Logins that are taken: people of the plan get other ones. */
  readonly taken?: ReadonlySet<string>;
}

export interface DemoPerson {
  readonly login: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly string[];
}

export interface DemoTask {
  readonly title: string;
  readonly description: string | null;
  /** The person who creates it, by the place in `people`. */
  readonly creator: number;
}

export interface DemoBonus {
  /** By the place in `people`. */
  readonly person: number;
  /** Whole units of the currency, signed. */
  readonly units: number;
  readonly reason: string;
}

export interface DemoDay {
  /** Tasks that are created, in this order. */
  readonly tasks: readonly DemoTask[];
  /** Whether all open tasks are drawn again afterwards. */
  readonly shuffle: boolean;
  /**
   * Tasks that are then completed by their current assignees: by their number over all days, from
   * 0.
   */
  readonly complete: readonly number[];
  readonly bonus: DemoBonus | null;
}

export interface DemoPlan {
  readonly people: readonly DemoPerson[];
  readonly days: readonly DemoDay[];
}

export const MANAGER = 0;
export const ACCOUNTANT = 1;
/** People before this place get no bonus and, as a rule, no tasks. */
const FIRST_AT_WORK = 2;
const DAYS_A_WEEK = 7;
/** The day of each week on which the manager shuffles, from 0. */
const SHUFFLE_DAY = 2;
const BONUS_DAY = 4;
/** One more manager for each group of this size. */
const PEOPLE_A_MANAGER = 12;
/** A day has this much fewer or more tasks than the mean. */
const SPREAD = 0.4;
/** The share of tasks that are ever completed, and the number of days after their creation. */
const COMPLETED = 0.85;
const DAYS_TO_COMPLETE = [0, 0, 0, 0, 0, 1, 1, 1, 2, 4];

export function planDemo(options: PlanOptions): DemoPlan {
  const random = new Random(options.seed);
  const people = planPeople(random, options.people, options.taken ?? new Set());
  const dayCount = options.weeks * DAYS_A_WEEK;
  const complete: number[][] = Array.from({ length: dayCount }, () => []);
  const days: DemoDay[] = [];
  let made = 0;
  for (const [day, completed] of complete.entries()) {
    const [few, many] = [1 - SPREAD, 1 + SPREAD].map((factor) => Math.round(options.tasksADay * factor));
    const tasks = Array.from({ length: random.integer(few ?? 0, many ?? 0) }, () => {
      const number = made++;
      // A task whose completion falls after the last day stays open.
      if (random.chance(COMPLETED)) complete[day + random.pick(DAYS_TO_COMPLETE)]?.push(number);
      return planTask(random, number, people);
    });
    const ofWeek = day % DAYS_A_WEEK;
    const bonus = ofWeek === BONUS_DAY ? planBonus(random, people.length) : null;
    days.push({ tasks, shuffle: ofWeek === SHUFFLE_DAY, complete: completed, bonus });
  }
  return { people, days };
}

function planPeople(random: Random, count: number, taken: ReadonlySet<string>): DemoPerson[] {
  const logins = new Set(taken);
  return Array.from({ length: count }, (_, place) => {
    const [first, last] = [random.pick(FIRST_NAMES), random.pick(LAST_NAMES)];
    const login = freeLogin(`${first}.${last}`.toLowerCase(), logins);
    logins.add(login);
    return {
      login,
      name: `${first} ${last}`,
      email: `${login}@example.com`,
      roles: [
        place % PEOPLE_A_MANAGER === MANAGER
          ? 'manager'
          : place === ACCOUNTANT
            ? 'accountant'
            : random.pick(TRADES),
      ],
    };
  });
}

function freeLogin(wanted: string, taken: ReadonlySet<string>): string {
  let login = wanted;
  for (let number = 2; taken.has(login); number++) login = `${wanted}-${number}`;
  return login;
}

function planTask(random: Random, number: number, people: readonly DemoPerson[]): DemoTask {
  const words = [random.pick(VERBS), random.pick(OBJECTS), random.pick(PLACES)].filter((word) => word !== '');
  const numbered = random.chance(0.8) ? `[POPUG-${number + 1}] ` : '';
  return {
    title: `${numbered}${words.join(' ')}`,
    description: random.chance(0.3) ? random.pick(DESCRIPTIONS) : null,
    // Creators take turns, because each may create only a limited number a minute.
    creator: number % people.length,
  };
}

function planBonus(random: Random, people: number): DemoBonus {
  return { person: random.integer(FIRST_AT_WORK, people - 1), ...random.pick(REASONS) };
}
