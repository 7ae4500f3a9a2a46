import { defineAction } from '#schemas/action.ts';
import { shuffle } from '#schemas/answers/shuffle.ts';
import { id } from '#schemas/params.ts';

export default defineAction({
  action: 'tasks.progress',
  route: 'GET /tasks/shuffles/:id',
  access: ['manager', 'admin'],
  summary: 'Shows the progress of a shuffle.',
  params: { id: id() },
  answer: shuffle,
});
