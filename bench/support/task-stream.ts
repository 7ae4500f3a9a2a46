/** Fills the stream TASKS as the tasks service's relay would. */
import { headers } from 'nats';
import { v7 as uuidv7 } from 'uuid';
import type { Bus } from '#mixins/bus/bus.ts';
import { SCHEMAS_BUCKET, SchemaRegistry } from '#mixins/bus/schema-registry.ts';
import { subjectOf } from '#mixins/names.ts';
import { type Outgoing, Publisher } from '#mixins/outbox/publisher.ts';
import { encodeEvent } from '#schemas/avro.ts';
import { toHeaders } from '#schemas/cloud-events.ts';
import type { EventContract, EventData } from '#schemas/event.ts';
import { taskCompleted } from '#schemas/events/tasks/task-completed.v1.ts';
import { taskCreated } from '#schemas/events/tasks/task-created.v1.ts';
import { taskReassigned } from '#schemas/events/tasks/task-reassigned.v1.ts';

/** A wave takes far less, in milliseconds. */
const SEND_WITHIN_MS = 60_000;

/**
 * `created`: every event prices a task. `lives`: created, drawn again, completed, in waves of 1,000
 * tasks.
 */
export type Mix = 'created' | 'lives';

const WAVE = 1_000;

/** Publishes `count` events; `employee` draws an assignee. */
export async function fillTaskStream(
  bus: Bus,
  mix: Mix,
  count: number,
  employee: () => string,
): Promise<void> {
  await bus.ensureStream('tasks');
  await new SchemaRegistry(() => bus.bucket(SCHEMAS_BUCKET)).register([
    taskCreated,
    taskReassigned,
    taskCompleted,
  ]);
  const publisher = new Publisher(bus);
  try {
    for (let made = 0; made < count; ) {
      const wave = waveOf(bus.namespace, mix, employee).slice(0, count - made);
      made += wave.length;
      const outcomes = await publisher.publish(wave, performance.now() + SEND_WITHIN_MS);
      if (outcomes.some(({ state }) => state !== 'stored')) throw new Error('An event was not stored');
    }
  } finally {
    publisher.close();
  }
}

function waveOf(namespace: string, mix: Mix, employee: () => string): Outgoing[] {
  const one = <C extends EventContract>(contract: C, id: string, sequence: number, data: EventData<C>) =>
    outgoing(namespace, contract, id, sequence, encodeEvent(contract, data));
  const tasks = Array.from({ length: WAVE }, () => ({ taskId: uuidv7(), assigneeId: employee() }));
  const common = { title: 'Wash the cage', externalId: 'POPUG-123', description: 'With soap, and the perch' };
  const at = Date.now();
  const created = tasks.map((task) =>
    one(taskCreated, task.taskId, 1, { ...common, ...task, createdById: employee(), createdAt: at }),
  );
  if (mix === 'created') return created;
  const shuffleId = uuidv7();
  const drawn = tasks.map((task) => ({
    ...task,
    previousAssigneeId: task.assigneeId,
    assigneeId: employee(),
  }));
  return [
    ...created,
    ...drawn.map((task) =>
      one(taskReassigned, task.taskId, 2, { ...common, ...task, shuffleId, reassignedAt: at }),
    ),
    ...drawn.map(({ taskId, assigneeId }) =>
      one(taskCompleted, taskId, 3, { ...common, taskId, assigneeId, completedAt: at }),
    ),
  ];
}

function outgoing(
  namespace: string,
  { type }: EventContract,
  taskId: string,
  sequence: number,
  payload: Buffer,
): Outgoing {
  const result = headers();
  const envelope = {
    id: uuidv7(),
    type,
    source: 'tasks',
    subject: `task/${taskId}`,
    sequence,
    time: new Date(),
    actorId: uuidv7(),
    actorAddress: '127.0.0.1',
    correlationId: uuidv7(),
    causationId: null,
    traceparent: null,
  };
  for (const [name, value] of toHeaders(envelope)) result.append(name, value);
  return { subject: subjectOf(namespace, type), lane: 'tasks', headers: result, payload };
}
