/**
 * The money story of a task: what happened to it and to its money, in order. Pure: it joins what
 * tasks, accounting and mails say.
 */
import type { Answer, Item } from '#client';

export type Task = Answer<'/tasks/{id}', 'get'>;
export type Assignment = Item<'/tasks/{id}/assignments'>;
export type Book = Pick<Answer<'/accounting/tasks/{taskId}', 'get'>, 'fee' | 'reward' | 'lines'>;
export type Line = Book['lines'][number];
type Person = Task['assignee'];

/** A payout that paid lines of the task. Its own line is about no task. */
export interface Payout {
  /** As in the reference of its mail. */
  readonly id: string;
  readonly employee: Person;
  readonly line: Item<'/accounting/accounts/{userId}/statement'>;
}

/** What a reader may see of a task. What has not been read yet is empty. */
export interface Told {
  readonly task: Task;
  /** The oldest first. */
  readonly assignments: readonly Assignment[];
  /** Null before accounting has booked anything, and where it does not answer. */
  readonly book: Book | null;
  readonly payouts: readonly Payout[];
  readonly days: readonly Answer<'/accounting/days/{day}', 'get'>[];
  readonly mails: readonly Item<'/mails'>[];
}

type Happening =
  | { readonly is: 'created'; readonly by: Person; readonly to: Person | undefined }
  | { readonly is: 'priced'; readonly fee: number; readonly reward: number }
  | {
      readonly is: 'drawn';
      readonly to: Person;
      /** The task stayed with the person who had it. */
      readonly isSame: boolean;
      readonly shuffleId: string | null;
    }
  | { readonly is: 'completed'; readonly by: Person }
  | { readonly is: 'line'; readonly line: Line }
  | { readonly is: 'payout'; readonly employee: Person; readonly line: Payout['line'] }
  | { readonly is: 'closed'; readonly day: Told['days'][number] }
  | { readonly is: 'mail'; readonly mail: Told['mails'][number] };

export type Step = Happening & {
  readonly key: string;
  /** When it happened, or was booked. Null for prices of which no line is seen. */
  readonly at: string | null;
  /** Undefined where no line says to which business day it belongs. */
  readonly businessDay: string | undefined;
};

/** The steps in order. Steps of one instant keep the order of cause and effect. */
export function stepsOf({ task, assignments, book, payouts, days, mails }: Told): readonly Step[] {
  const [first, ...drawn] = assignments;
  const lines = book?.lines ?? [];
  const reward = lines.find(({ kind }) => kind === 'reward');
  const steps: Step[] = [
    {
      is: 'created',
      key: 'created',
      at: task.createdAt,
      businessDay: first && feeOf(first, lines)?.businessDay,
      by: task.createdBy,
      to: first?.assignee,
    },
  ];
  if (book?.fee != null && book.reward != null) {
    const [priced] = lines;
    steps.push({
      is: 'priced',
      key: 'priced',
      // The price is made with the first line, of which other people see nothing.
      at: priced?.postedAt ?? null,
      businessDay: priced?.businessDay,
      fee: book.fee,
      reward: book.reward,
    });
  }
  for (const [index, each] of drawn.entries()) {
    steps.push({
      is: 'drawn',
      key: `drawn ${each.version}`,
      at: each.assignedAt,
      businessDay: feeOf(each, lines)?.businessDay,
      to: each.assignee,
      isSame: assignments[index]?.assignee.id === each.assignee.id,
      shuffleId: each.shuffleId,
    });
  }
  if (task.completedAt !== null) {
    const { completedAt: at, assignee: by } = task;
    steps.push({ is: 'completed', key: 'completed', at, businessDay: reward?.businessDay, by });
  }
  for (const line of lines) {
    steps.push({ is: 'line', key: line.id, at: line.postedAt, businessDay: line.businessDay, line });
  }
  for (const { employee, line } of payouts) {
    const { id: key, postedAt: at, businessDay } = line;
    steps.push({ is: 'payout', key, at, businessDay, employee, line });
  }
  for (const day of days) {
    const { businessDay, closedAt: at } = day;
    if (at !== null) steps.push({ is: 'closed', key: businessDay, at, businessDay, day });
  }
  for (const mail of mails) {
    const payout = payouts.find(({ id }) => mail.reference === referenceOf(id));
    const { id: key, sentAt, requestedAt } = mail;
    steps.push({ is: 'mail', key, at: sentAt ?? requestedAt, businessDay: payout?.line.businessDay, mail });
  }
  return inOrder(steps);
}

/** How the mail about a payout names it. */
export const referenceOf = (payoutId: string): string => `payout/${payoutId}`;

/** Sorts by time. A step without one stays after the step before it. */
function inOrder(steps: readonly Step[]): readonly Step[] {
  let last = '';
  return steps
    .map((step) => {
      last = step.at ?? last;
      return { step, at: last };
    })
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map(({ step }) => step);
}

/** The line that charged an assignment: it happened at the same instant, to the same person. */
function feeOf({ assignee, assignedAt }: Assignment, lines: readonly Line[]): Line | undefined {
  return lines.find(
    ({ kind, employee, occurredAt }) =>
      kind === 'fee' && employee.id === assignee.id && occurredAt === assignedAt,
  );
}

export interface Awaited {
  readonly kind: 'fee' | 'reward';
  readonly employee: Person;
}

/**
 * The lines that follow by an event and are not booked yet (WEB-5). `only`: the one person whose
 * lines the reader sees; null if all are seen.
 */
export function awaitedOf(
  { task, assignments, book }: Pick<Told, 'task' | 'assignments' | 'book'>,
  only: string | null,
): readonly Awaited[] {
  const lines = book?.lines ?? [];
  const isSeen = ({ id }: Person) => only === null || only === id;
  const fees = assignments
    .filter((each) => isSeen(each.assignee) && feeOf(each, lines) === undefined)
    .map(({ assignee }): Awaited => ({ kind: 'fee', employee: assignee }));
  const isRewarded = lines.some(({ kind }) => kind === 'reward');
  return task.status === 'done' && isSeen(task.assignee) && !isRewarded
    ? [...fees, { kind: 'reward', employee: task.assignee }]
    : fees;
}

/** A line was booked later than it happened: on another date, or after so many milliseconds. */
const LATE_MS = 60_000;

export function isLate(
  { occurredAt, postedAt }: Pick<Line, 'occurredAt' | 'postedAt'>,
  dateOf: (at: string) => string,
): boolean {
  const isLong = Date.parse(postedAt) - Date.parse(occurredAt) >= LATE_MS;
  return isLong || dateOf(occurredAt) !== dateOf(postedAt);
}

/** Sums of lines in minor units, signed for the employee. */
export interface Sums {
  readonly draws: number;
  readonly fees: number;
  readonly rewards: number;
  /** Adjustments, and what other services requested. */
  readonly others: number;
  readonly net: number;
}

export function sumsOf(lines: readonly Line[]): Sums {
  const sumOf = (is: (kind: string) => boolean) =>
    lines.reduce((sum, { kind, amount }) => sum + (is(kind) ? amount : 0), 0);
  const fees = sumOf((kind) => kind === 'fee');
  const rewards = sumOf((kind) => kind === 'reward');
  const net = sumOf(() => true);
  const draws = lines.filter(({ kind }) => kind === 'fee').length;
  return { draws, fees, rewards, others: net - fees - rewards, net };
}

/** The sums of each person, in the order of their first lines. */
export function sumsByPerson(
  lines: readonly Line[],
): readonly { readonly person: Person; readonly sums: Sums }[] {
  const byPerson = Map.groupBy(lines, ({ employee }) => employee.id);
  return [...byPerson.values()].flatMap((own) => {
    const person = own[0]?.employee;
    return person === undefined ? [] : [{ person, sums: sumsOf(own) }];
  });
}
