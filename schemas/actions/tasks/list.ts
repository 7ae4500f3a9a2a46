import { defineAction } from '#schemas/action.ts';
import { line, optional, page } from '#schemas/params.ts';

const MAX_FILTER_TEXT_LENGTH = 200;
const ME_OR_UUID = /^(?:me|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
/** ISO 8601: a day (UTC), or a time with its offset. */
const DAY_OR_TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const dayOrTime = { type: 'string', pattern: DAY_OR_TIME, optional: true } as const;

export const TASK_SORTS = [
  'createdAt',
  '-createdAt',
  'completedAt',
  '-completedAt',
  'title',
  '-title',
] as const;

/**
 * TASK-8. `text` is searched in title, external id and description, in any case. `createdFrom` is
 * included. `createdTo` is excluded if it is a time; a day is included completely. The default
 * order is newest first. By completion, open tasks come last in both directions.
 */
export default defineAction({
  action: 'tasks.list',
  route: 'GET /tasks',
  access: 'signed-in',
  status: 200,
  summary: 'Lists tasks, filtered by status, assignee (an id, or me), text and time of creation.',
  params: {
    $$strict: true,
    ...page,
    status: { type: 'enum', values: ['open', 'done'], optional: true },
    assignee: { type: 'string', pattern: ME_OR_UUID, optional: true },
    text: optional(line(1, MAX_FILTER_TEXT_LENGTH)),
    createdFrom: dayOrTime,
    createdTo: dayOrTime,
    sort: { type: 'enum', values: TASK_SORTS, default: '-createdAt' },
  },
});
