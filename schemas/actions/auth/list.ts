import { defineAction } from '#schemas/action.ts';
import { role } from '#schemas/fields/auth.ts';
import { line, optional, page } from '#schemas/params.ts';

const MAX_FILTER_TEXT_LENGTH = 200;

export default defineAction({
  action: 'auth.list',
  route: 'GET /users',
  access: ['admin', 'manager'],
  status: 200,
  summary: 'Lists accounts by login; `text` searches login, name and e-mail and ignores case.',
  params: {
    $$strict: true,
    ...page,
    role: optional(role),
    active: { type: 'boolean', convert: true, optional: true },
    text: optional(line(1, MAX_FILTER_TEXT_LENGTH)),
  },
});
