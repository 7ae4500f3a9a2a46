import { defineAction } from '#schemas/action.ts';

/** TASK-5: refused with `nobody_assignable` where there is nobody to draw. */
export default defineAction({
  action: 'tasks.shuffle',
  route: 'POST /tasks/shuffles',
  access: ['manager', 'admin'],
  status: 202,
  summary: 'Starts a shuffle: every open task is assigned again, to somebody drawn by lot.',
  params: { $$strict: true },
});
