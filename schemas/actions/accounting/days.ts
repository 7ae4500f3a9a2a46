import { defineAction } from '#schemas/action.ts';
import { dayItem } from '#schemas/answers/day.ts';
import { currency, list } from '#schemas/answers.ts';
import { businessDay, MAX_PAGE_SIZE, optional, page, whole } from '#schemas/params.ts';

/**
 * ACC-6, ACC-11. Newest day first, including the open one. Without a range: the last 30 days up to
 * the open one. Without `limit`: the whole range at once. Refused as the company's results.
 */
export default defineAction({
  action: 'accounting.days',
  route: 'GET /accounting/days',
  access: ['accountant', 'admin'],
  summary: 'Lists business days with their status and their totals.',
  params: {
    cursor: page.cursor,
    limit: optional({ ...whole(1, MAX_PAGE_SIZE), convert: true }),
    from: optional(businessDay()),
    to: optional(businessDay()),
  },
  answer: { currency: currency(), ...list(dayItem) },
  csv: [
    'businessDay',
    'status',
    'payouts',
    'totalPaid',
    'toPay',
    'carriedOver',
    'debtors',
    'fees',
    'rewards',
    'others',
    'endedAt',
    'endedBy.id',
    'endedBy.name',
    'closedAt',
    'head',
    'block',
    'currency',
  ],
});
