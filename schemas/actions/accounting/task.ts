import { defineAction } from '#schemas/action.ts';
import { statementLine } from '#schemas/answers/statement-line.ts';
import { array, currency, list, nullable, object, string, sum } from '#schemas/answers.ts';
import { businessDay, id, MAX_PAGE_SIZE, page, whole } from '#schemas/params.ts';

const line = {
  ...statementLine,
  employee: object({ id: id(), name: string('Pip') }),
  /** Number of the block that seals the line; null until it is sealed. */
  block: nullable(whole(1)),
  /** The payout that paid the balance with this line in it; null until then. */
  payout: nullable(object({ id: id(), businessDay: businessDay() })),
} as const;

/**
 * ACC-2, ACC-3. Lines are in the order in which they were booked. Accountants and admins get all of
 * them. Others get their own, and the prices once they have one. Refused with `not_found` until
 * accounting has booked something for the task.
 */
export default defineAction({
  action: 'accounting.task',
  route: 'GET /accounting/tasks/:taskId',
  access: 'signed-in',
  summary:
    "Shows what a task costs and pays, and the lines about it; only one's own, unless one is accountant or admin.",
  details: 'The task is found once its price is booked, about a second after its creation.',
  params: { taskId: id(), cursor: page.cursor, limit: { ...page.limit, default: MAX_PAGE_SIZE } },
  answer: {
    taskId: id(),
    currency: currency(),
    /** The price of each assignment; null for a reader without an own line. */
    fee: nullable(sum()),
    /** The price of the completion; null for a reader without an own line. */
    reward: nullable(sum()),
    lines: array(object(line)),
    nextCursor: list({}).nextCursor,
  },
});
