import { defineAction } from '#schemas/action.ts';
import { list, string } from '#schemas/answers.ts';
import { id, optional, page } from '#schemas/params.ts';

/** The most ids in one request: the URL stays below 4 KiB. */
export const MAX_NAMED = 100;
const UUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

/** AUTH-2. Unknown ids are left out. Refused with `invalid_cursor`. */
export default defineAction({
  action: 'auth.names',
  route: 'GET /users/names',
  access: ['accountant', 'admin', 'manager'],
  summary: 'Lists the names of accounts by id: all, or those of `ids` (up to 100, separated by commas).',
  params: {
    ...page,
    ids: optional({
      type: 'string',
      pattern: new RegExp(`^${UUID}(?:,${UUID}){0,${MAX_NAMED - 1}}$`),
      expects: `1 to ${MAX_NAMED} ids, separated by commas`,
      example: '0199a3f0-5c7e-7a41-9f0e-3c1d2b4a5e6f',
    }),
  },
  answer: list({ id: id(), name: string('Pip') }),
});
