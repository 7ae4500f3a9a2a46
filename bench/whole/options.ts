/** The options of the bench `whole`, and the amounts that they stand for. */
import { parseArgs } from 'node:util';
import type { Amounts } from './scene.ts';

const SHORT: Amounts = {
  loadSeconds: 10,
  warmUpSeconds: 4,
  idleSeconds: 20,
  openTasks: 10_000,
  bookedEvents: 20_000,
  bookedOn: [0],
  samples: 200,
  doneTasks: 10_000,
  history: { tasks: 0, lines: 0 },
};

const FULL: Amounts = {
  ...SHORT,
  loadSeconds: 30,
  openTasks: 100_000,
  bookedEvents: 200_000,
  bookedOn: [0, 5_000_000],
  history: { tasks: 1_000_000, lines: 5_000_000 },
};

/** Its figures mean nothing. */
const TRY: Amounts = {
  ...SHORT,
  loadSeconds: 2,
  warmUpSeconds: 1,
  idleSeconds: 3,
  openTasks: 200,
  bookedEvents: 2_000,
  samples: 10,
  doneTasks: 50,
  history: { tasks: 1_000, lines: 1_000 },
};

export interface Options {
  readonly parts: readonly string[];
  readonly amounts: Amounts;
  readonly json: boolean;
}

/** The parts keep the order of `all`. Throws for an option or a part that does not exist. */
export function readOptions(args: readonly string[], all: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      full: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
      try: { type: 'boolean', default: false },
    },
  });
  const asked = values.only?.split(',') ?? all;
  const unknown = asked.filter((part) => !all.includes(part));
  if (unknown.length > 0) throw new Error(`There is no part ${unknown.join(', ')}, only ${all.join(', ')}`);
  return {
    parts: all.filter((part) => asked.includes(part)),
    amounts: (values.try && TRY) || (values.full && FULL) || SHORT,
    json: values.json,
  };
}
