import { defineAction } from '#schemas/action.ts';
import { shuffle } from '#schemas/answers/shuffle.ts';
import { list } from '#schemas/answers.ts';
import { page } from '#schemas/params.ts';

/** TASK-5. */
export default defineAction({
  action: 'tasks.shuffles',
  route: 'GET /tasks/shuffles',
  access: ['manager', 'admin'],
  summary: 'Lists shuffles, newest first.',
  params: page,
  answer: list(shuffle),
});
