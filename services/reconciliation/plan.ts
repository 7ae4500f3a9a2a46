/** What is held against what in a reconciliation (ANA-6), and what each fact's parts are called. */

import type { Product } from '../../product.ts';

/** How groups of a set are written, and hence which one follows another. */
export type Space = 'uuid' | 'owner' | 'line' | 'person' | 'day';

/** A part of a key or a value. */
export interface Field {
  readonly name: string;
  readonly number: boolean;
}

const text = (name: string): Field => ({ name, number: false });
const number = (name: string): Field => ({ name, number: true });

export interface Comparison {
  /** The name of the set, and the first word of the codes of its differences. */
  readonly name: string;
  /** Whose facts they are: what it has, the other one must have as soon as its events have arrived there, and nothing else. */
  readonly left: string;
  readonly right: string;
  readonly space: Space;
  /** Facts in a page: some 100 ms each side. */
  readonly page: number;
  readonly key: readonly Field[];
  /** The last one takes what is left. */
  readonly value: readonly Field[];
  /** What a fact is called, with the fields of its key in braces. */
  readonly noun: string;
}

const OWNER = [text('ownerType'), text('ownerId')];
const FIGURES = [number('fees'), number('rewards'), number('payouts'), number('totalPaid')];

export const COMPARISONS: readonly Comparison[] = [
  {
    name: 'charge',
    left: 'tasks',
    right: 'accounting',
    space: 'uuid',
    page: 20_000,
    key: [text('taskId'), number('version')],
    value: [text('employeeId')],
    noun: 'charge for the assignment of task {taskId} at version {version}',
  },
  {
    name: 'reward',
    left: 'tasks',
    right: 'accounting',
    space: 'uuid',
    page: 20_000,
    key: [text('taskId')],
    value: [text('employeeId')],
    noun: 'reward for the completion of task {taskId}',
  },
  {
    name: 'task',
    left: 'tasks',
    right: 'analytics',
    space: 'uuid',
    page: 20_000,
    key: [text('taskId')],
    value: [text('status'), text('assigneeId')],
    noun: 'newest version of task {taskId}',
  },
  {
    name: 'digest',
    left: 'tasks',
    right: 'mailer',
    space: 'person',
    page: 100,
    key: [text('shuffleId'), text('employeeId')],
    value: [number('tasksDrawn')],
    noun: 'mail to {employeeId} about shuffle {shuffleId}',
  },
  {
    name: 'price',
    left: 'accounting',
    right: 'analytics',
    space: 'uuid',
    page: 20_000,
    key: [text('taskId')],
    value: [number('fee'), number('reward')],
    noun: 'price of task {taskId}',
  },
  {
    name: 'line',
    left: 'accounting',
    right: 'analytics',
    space: 'line',
    page: 20_000,
    key: [...OWNER, text('businessDay'), number('sequence')],
    value: [text('entryId'), text('kind'), number('amount'), number('balanceAfter'), text('referenceId')],
    noun: 'line {sequence} of {ownerType} {ownerId} on {businessDay}',
  },
  {
    name: 'balance',
    left: 'accounting',
    right: 'analytics',
    space: 'owner',
    page: 5_000,
    key: OWNER,
    value: [number('balance')],
    noun: 'balance of {ownerType} {ownerId}',
  },
  {
    name: 'day',
    left: 'accounting',
    right: 'analytics',
    space: 'day',
    page: 400,
    key: [text('businessDay')],
    value: FIGURES,
    noun: 'figures of {businessDay}',
  },
  {
    name: 'closed_day',
    left: 'accounting',
    right: 'analytics',
    space: 'day',
    page: 400,
    key: [text('businessDay')],
    value: [...FIGURES, number('carriedOver'), number('entries'), text('head')],
    noun: 'close of {businessDay}',
  },
  {
    name: 'payout_mail',
    left: 'accounting',
    right: 'mailer',
    space: 'uuid',
    page: 10_000,
    key: [text('employeeId'), text('businessDay')],
    value: [number('amount')],
    noun: 'mail about the payout to {employeeId} for {businessDay}',
  },
];

/** What services find wrong within their own tables. */
export const CHECKS: readonly { readonly service: string; readonly check: string }[] = [
  { service: 'tasks', check: 'history' },
  { service: 'accounting', check: 'journal' },
  { service: 'accounting', check: 'chain' },
  { service: 'accounting', check: 'balances' },
  { service: 'analytics', check: 'days' },
  { service: 'analytics', check: 'below-zero' },
  { service: 'analytics', check: 'employee-days' },
  { service: 'accounting', check: 'close' },
  { service: 'mailer', check: 'mails' },
  { service: 'mailer', check: 'unsent' },
  { service: 'mailer', check: 'unmade' },
];

/**
 * Whose events are waited for before anything is compared, in this order: when those of tasks up to the cut have been booked, those of
 * accounting tell of them.
 */
const ARRIVALS: readonly { readonly from: string; readonly at: readonly string[] }[] = [
  { from: 'tasks', at: ['accounting', 'analytics', 'mailer'] },
  { from: 'accounting', at: ['analytics', 'mailer'] },
];

/** What a reconciliation does. */
export interface Plan {
  /** The service whose clock says when it began: the one whose events are waited for first. */
  readonly clock: string;
  readonly comparisons: readonly Comparison[];
  readonly checks: typeof CHECKS;
  readonly arrivals: typeof ARRIVALS;
}

/** The plan without what concerns services of other products. */
export function planOf({ foreign }: Pick<Product, 'foreign'>): Plan {
  const isOurs = (service: string) => !foreign.has(service);
  const arrivals = ARRIVALS.filter(({ from }) => isOurs(from));
  return {
    clock: arrivals[0]?.from ?? 'accounting',
    comparisons: COMPARISONS.filter(({ left, right }) => isOurs(left) && isOurs(right)),
    checks: CHECKS.filter(({ service }) => isOurs(service)),
    arrivals: arrivals.map(({ from, at }) => ({ from, at: at.filter(isOurs) })),
  };
}

export const WHOLE_PLAN = planOf({ foreign: new Set() });

/** The first group that may follow this one: the end of a range that holds it alone. Null: it is the last. */
export function groupAfter(space: Space, group: string): string | null {
  switch (space) {
    case 'uuid':
    case 'owner':
    case 'person':
      return incremented(group, '0123456789abcdef');
    case 'line':
      return incremented(group, '0123456789');
    case 'day':
      return `${group}!`;
    default:
      return space satisfies never;
  }
}

/** Counts up by one at the end of the last word, dashes left as they are. Null where it has no higher number. */
function incremented(group: string, digits: string): string | null {
  const characters = [...group];
  for (let place = characters.length - 1; place >= 0; place--) {
    const character = characters[place] ?? '';
    if (character === '-') continue;
    const value = digits.indexOf(character);
    if (value === -1) return null;
    characters[place] = digits[(value + 1) % digits.length] ?? '';
    if (value + 1 < digits.length) return characters.join('');
  }
  return null;
}
