/**
 * The demo's tasks: their current assignees, and the number of lines that the books must have for
 * them.
 */
import type { Answer } from '#client';

type Task = Answer<'/tasks/{id}', 'get'>;
/** `version` equals the number of the task's lines in the books. */
export type TaskState = Pick<Task, 'id' | 'status' | 'assignee' | 'version'>;

export class Board {
  readonly #tasks = new Map<number, TaskState>();

  /** `number` is the task's place in the plan. Replaces an earlier state. */
  note(number: number, task: TaskState): void {
    this.#tasks.set(number, task);
  }

  /** Stores the states of those tasks that are ours. */
  refresh(tasks: readonly TaskState[]): void {
    const byId = new Map(tasks.map((task) => [task.id, task]));
    for (const [number, { id }] of this.#tasks) {
      const now = byId.get(id);
      if (now !== undefined) this.#tasks.set(number, now);
    }
  }

  task(number: number): TaskState | undefined {
    return this.#tasks.get(number);
  }

  get ids(): ReadonlySet<string> {
    return new Set([...this.#tasks.values()].map(({ id }) => id));
  }

  /** A fee for each assignment, a reward for each completion (ACC-2). */
  get lines(): number {
    return this.#sum(({ version }) => version);
  }

  get size(): number {
    return this.#tasks.size;
  }

  get done(): number {
    return this.#sum(({ status }) => (status === 'done' ? 1 : 0));
  }

  #sum(figure: (task: TaskState) => number): number {
    return [...this.#tasks.values()].reduce((sum, task) => sum + figure(task), 0);
  }
}
