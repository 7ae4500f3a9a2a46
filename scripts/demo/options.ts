/** The options of `npm run demo`. Pure. */
import { parseArgs } from 'node:util';
import { messageOf } from '#schemas/text.ts';

export interface DemoOptions {
  readonly seed: number;
  /** The first is a manager, the second an accountant, the others work. */
  readonly people: number;
  readonly weeks: number;
  /** The mean. */
  readonly tasksADay: number;
  readonly intoExisting: boolean;
}

/**
 * Of the numbers: smallest, largest, default. Figures are asked for at most 366 days at a time,
 * which are 52 weeks.
 */
const NUMBERS = {
  seed: [0, 4_294_967_295, 1],
  people: [3, 500, 12],
  weeks: [1, 52, 4],
  'tasks-a-day': [1, 1_000, 20],
} as const;

const bounds = (name: keyof typeof NUMBERS) => {
  const [min, max, preset] = NUMBERS[name];
  return `${min} to ${max}, ${preset} if not given`;
};

export const USAGE = `Usage: npm run demo -- [options]

Fills a running system with people, weeks of tasks and closed days, so that there are figures to look at.
It finds the system that npm start runs on the data folder (DATA_DIR), or goes to API=http://<host>:<port>/api/v1.
It signs in as the first admin: ADMIN_LOGIN (admin) and ADMIN_BEAK, which it asks for in a terminal.

  --seed <n>         the same number gives the same people and tasks (${bounds('seed')})
  --people <n>       how many people to register (${bounds('people')})
  --weeks <n>        how many weeks of days to play and close (${bounds('weeks')})
  --tasks-a-day <n>  how many tasks a day has, more or less (${bounds('tasks-a-day')})
  --into-existing    do it where there are people already: they are drawn, charged, paid and mailed as well
  --help             show this

Days are closed one after the other, right now: the open business day runs ahead of the calendar afterwards.`;

/** An option is wrong. The message says which one, and how. */
export class OptionError extends Error {}

const TEXT = { type: 'string' } as const;
const FLAG = { type: 'boolean', default: false } as const;
const OPTIONS = {
  seed: TEXT,
  people: TEXT,
  weeks: TEXT,
  'tasks-a-day': TEXT,
  'into-existing': FLAG,
  help: FLAG,
} as const;

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    throw new OptionError(messageOf(error));
  }
}

/** Undefined when help is requested. Throws `OptionError`. */
export function readOptions(args: readonly string[]): DemoOptions | undefined {
  const values = valuesOf(args);
  if (values.help) return undefined;
  const number = (name: keyof typeof NUMBERS): number => {
    const [min, max, preset] = NUMBERS[name];
    const value = values[name];
    if (value === undefined) return preset;
    if (!/^\d+$/.test(value) || Number(value) < min || Number(value) > max) {
      throw new OptionError(
        `--${name} is ${JSON.stringify(value)}, but should be a whole number from ${min} to ${max}`,
      );
    }
    return Number(value);
  };
  return {
    seed: number('seed'),
    people: number('people'),
    weeks: number('weeks'),
    tasksADay: number('tasks-a-day'),
    intoExisting: values['into-existing'],
  };
}
