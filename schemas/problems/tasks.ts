import type { ErrorDefinitions } from '#schemas/errors.ts';

const problems = {
  not_your_task: { status: 403, title: 'Only its assignee may complete a task' },
  nobody_assignable: { status: 409, retryable: true, title: 'There is nobody to assign the task to' },
  task_already_done: { status: 409, title: 'The task is already done' },
} as const satisfies ErrorDefinitions;

export default problems;
type Problems = typeof problems;

declare module '#schemas/errors.ts' {
  interface Catalogue extends Problems {}
}
