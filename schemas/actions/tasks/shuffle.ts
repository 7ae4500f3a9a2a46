import { defineAction } from '#schemas/action.ts';
import { shuffle } from '#schemas/answers/shuffle.ts';

/** TASK-5. Refused with `nobody_assignable` if no user is assignable. */
export default defineAction({
  action: 'tasks.shuffle',
  route: 'POST /tasks/shuffles',
  access: ['manager', 'admin'],
  status: 202,
  location: '/tasks/shuffles/:id',
  summary: 'Starts a shuffle: every open task is assigned again, to a randomly drawn user.',
  answer: shuffle,
  problems: ['nobody_assignable'],
});
