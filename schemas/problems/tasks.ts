import type { ErrorDefinitions } from '#schemas/errors.ts';

const problems = {
  not_your_task: {
    status: 403,
    title: 'Only its assignee may complete a task',
    meaning: 'The task exists and is assigned to somebody else, perhaps since a shuffle.',
    remedy: 'Complete the tasks that are assigned to you.',
  },
  nobody_assignable: {
    status: 409,
    retryable: true,
    title: 'There is nobody to assign the task to',
    meaning:
      'There is no active account other than those of managers and admins. A new account gets tasks about a second after its registration.',
    remedy: 'Try again when somebody who can get tasks has an account.',
  },
  task_already_done: {
    status: 409,
    title: 'The task is already done',
    meaning: 'A task is completed and paid for once, and this one was completed before.',
    remedy: 'Nothing is to be done: read the task to see who completed it, and when.',
  },
} as const satisfies ErrorDefinitions;

export default problems;
type Problems = typeof problems;

declare module '#schemas/errors.ts' {
  interface Catalogue extends Problems {}
}
