import { defineAction } from '#schemas/action.ts';
import { task } from '#schemas/answers/task.ts';
import { list } from '#schemas/answers.ts';
import { dayOrTime, id, optional, page, searchText } from '#schemas/params.ts';

const ME_OR_UUID = /^(?:[mM][eE]|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$/;

export const TASK_SORTS = [
  'createdAt',
  '-createdAt',
  'completedAt',
  '-completedAt',
  'title',
  '-title',
] as const;

/**
 * TASK-8. `text` is searched in title, external id and description, in any case. `createdFrom` and
 * `completedFrom` are included. `createdTo` and `completedTo` are excluded if they are times; a day
 * is included completely. A filter by completion leaves out open tasks. The default order is newest
 * first. By completion, open tasks come last in both directions.
 */
export default defineAction({
  action: 'tasks.list',
  route: 'GET /tasks',
  access: 'signed-in',
  summary:
    'Lists tasks, filtered by status, assignee (an id, or me), creator, text and times of creation and completion.',
  params: {
    ...page,
    status: { type: 'enum', values: ['open', 'done'], optional: true },
    assignee: { type: 'string', pattern: ME_OR_UUID, expects: 'me or a UUID', example: 'me', optional: true },
    createdBy: optional(id()),
    text: searchText,
    createdFrom: optional(dayOrTime()),
    createdTo: optional(dayOrTime()),
    completedFrom: optional(dayOrTime()),
    completedTo: optional(dayOrTime()),
    sort: { type: 'enum', values: TASK_SORTS, default: '-createdAt' },
  },
  answer: list(task),
});
