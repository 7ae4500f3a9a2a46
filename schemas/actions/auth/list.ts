import { defineAction } from '#schemas/action.ts';
import { user } from '#schemas/answers/user.ts';
import { list } from '#schemas/answers.ts';
import { role } from '#schemas/fields/auth.ts';
import { optional, page, searchText } from '#schemas/params.ts';

export default defineAction({
  action: 'auth.list',
  route: 'GET /users',
  access: ['admin', 'manager'],
  summary: 'Lists accounts by login; `text` searches login, name and e-mail and ignores case.',
  params: {
    ...page,
    role: optional(role),
    active: { type: 'boolean', convert: true, optional: true },
    text: searchText,
  },
  answer: list(user),
});
