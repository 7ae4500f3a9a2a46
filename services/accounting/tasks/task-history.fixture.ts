/**
 * Histories of tasks for property tests: all sequences of creations, shuffles and completions that
 * the stream may contain.
 */
import fc from 'fast-check';
import type { EventContract } from '#schemas/event.ts';
import { taskCompleted } from '#schemas/events/tasks/task-completed.v1.ts';
import { taskCreated } from '#schemas/events/tasks/task-created.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';
import type { TaskDelivery } from './task-postings.ts';

const SOME_TIME = Date.UTC(2026, 2, 1, 12);

/** The history of one task: its assignees in turn, and whether the last one completes it. */
export interface TaskStory {
  readonly taskId: string;
  readonly assignees: readonly string[];
  readonly completed: boolean;
}

/** A UUID in version 7's form from two small numbers, so that failures are readable. */
export function fixtureId(kind: number, n: number): string {
  return `0192f000-0000-7000-8${kind.toString(16).padStart(3, '0')}-${n.toString(16).padStart(12, '0')}`;
}

function delivery(
  contract: EventContract,
  taskId: string,
  sequence: number,
  data: Readonly<Record<string, unknown>>,
): TaskDelivery {
  const common = {
    taskId,
    title: `Task ${taskId.slice(-4)}`,
    externalId: null,
    description: '',
  };
  // The three contracts share this shape. The type says which one it is.
  return {
    id: `${taskId.slice(0, 9)}${sequence.toString(16).padStart(4, '0')}${taskId.slice(13)}`,
    type: contract.type,
    source: 'tasks',
    subject: `task/${taskId}`,
    aggregateId: taskId,
    sequence,
    time: new Date(SOME_TIME),
    actorId: 'service:tasks',
    actorAddress: null,
    correlationId: 'a-test',
    causationId: null,
    traceparent: null,
    data: { ...common, ...data },
  } as unknown as TaskDelivery;
}

export function created(taskId: string, assigneeId: string): TaskDelivery {
  const data = { assigneeId, createdById: assigneeId, createdAt: SOME_TIME };
  return delivery(taskCreated, taskId, 1, data);
}

export function reassigned(taskId: string, sequence: number, assigneeId: string): TaskDelivery {
  const data = {
    assigneeId,
    previousAssigneeId: assigneeId,
    shuffleId: fixtureId(0xfff, sequence),
    reassignedAt: SOME_TIME + sequence,
  };
  return delivery(taskReassigned, taskId, sequence, data);
}

export function completed(taskId: string, sequence: number, assigneeId: string): TaskDelivery {
  return delivery(taskCompleted, taskId, sequence, { assigneeId, completedAt: SOME_TIME + sequence });
}

/** The events of a story, in the order of the stream. */
export function eventsOf({ taskId, assignees, completed: done }: TaskStory): TaskDelivery[] {
  const events = assignees.map((assignee, index) =>
    index === 0 ? created(taskId, assignee) : reassigned(taskId, index + 1, assignee),
  );
  const last = assignees.at(-1);
  return done && last !== undefined ? [...events, completed(taskId, assignees.length + 1, last)] : events;
}

/**
 * Stories, and their events delivered at least once each, in any order and in any batches. `run`
 * makes the ids of tasks and employees different from those of other runs on one database.
 */
export function arbitraryDeliveries(
  maxTasks: number,
  employees: readonly string[],
  taskId: (n: number) => string,
) {
  const story = fc.record({
    assignees: fc.array(fc.constantFrom(...employees), { minLength: 1, maxLength: 4 }),
    completed: fc.boolean(),
  });
  return fc
    .array(story, { minLength: 1, maxLength: maxTasks })
    .map((stories): TaskStory[] => stories.map((story, n) => ({ taskId: taskId(n), ...story })))
    .chain((stories) => {
      const events = stories.flatMap(eventsOf);
      const repeats = fc.subarray(events);
      return fc
        .record({
          deliveries: repeats.chain((again) =>
            fc.shuffledSubarray([...events, ...again], { minLength: events.length + again.length }),
          ),
          cuts: fc.array(fc.nat({ max: 20 }), { maxLength: 12 }),
        })
        .map(({ deliveries, cuts }) => ({ stories, batches: split(deliveries, cuts) }));
    });
}

function split(deliveries: readonly TaskDelivery[], cuts: readonly number[]): TaskDelivery[][] {
  const rest = [...deliveries];
  const batches = cuts.map((size) => rest.splice(0, size));
  return [...batches, rest].filter((batch) => batch.length > 0);
}
