/** One task followed through the whole system by its traces. */
import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { ADMIN_BEAK } from '../../services/auth/variables.fixture.ts';
import type { CollectedSpan, Collector } from '../harness/collector.ts';
import type { System } from '../harness/system.ts';
import { until } from '../harness/wait.ts';
import { Client, type Task } from './client.ts';

/** A span that a browser began, which it did not record. */
const CLIENT_SPAN = 'b7ad6b7169203331';

const lineOf = ({ service, name }: CollectedSpan) => `${service}: ${name}`;

/**
 * The spans from the request down to this one, as `<service>: <name>`; undefined while one on the
 * way has not arrived.
 */
function wayTo(span: CollectedSpan, spans: readonly CollectedSpan[]): string[] | undefined {
  if (['', CLIENT_SPAN].includes(span.parentId)) return [lineOf(span)];
  const parent = spans.find(({ spanId }) => spanId === span.parentId);
  const above = parent && wayTo(parent, spans);
  return above && [...above, lineOf(span)];
}

/**
 * In a system where employees are registered, and where mails are sent. `isSpread`: each service
 * runs in a process of its own.
 */
export async function followOneTask({ api }: System, collector: Collector, isSpread: boolean): Promise<void> {
  const admin = await new Client(api).signIn('admin', ADMIN_BEAK);
  const called = (service: string, name: string) =>
    isSpread ? [`gateway: call ${name}`, `${service}: ${name}`] : [`${service}: ${name}`];
  /** The way to the first span with this line, below one with the other line. */
  const wayOf = (traceId: string, line: string, above: string) =>
    until(
      () => {
        const ways = collector.of(traceId).map((span) => wayTo(span, collector.of(traceId)));
        return ways.find((way) => way?.at(-1) === line && way.at(-2) === above);
      },
      { within: 20_000, what: `the span "${line}" below "${above}"` },
    );

  // The id of the request leads to its trace.
  const requestId = randomUUID();
  const made = await admin.request<Task>(
    'POST',
    '/tasks',
    { title: 'Follow me' },
    { 'x-request-id': requestId },
  );
  expect(made.status).toBe(201);
  const traceId = requestId.replaceAll('-', '');
  const billed = 'accounting: publish accounting.employee.billed.v1';
  expect(await wayOf(traceId, 'analytics: consume analytics-accounting', billed)).toEqual([
    'gateway: POST /api/v1/tasks',
    ...called('tasks', 'tasks.create'),
    'tasks: publish tasks.task.created.v1',
    'accounting: consume accounting-tasks',
    billed,
    'analytics: consume analytics-accounting',
  ]);
  const transaction = collector.of(traceId).find(({ name }) => name === 'transaction');
  expect(transaction).toMatchObject({ service: 'tasks', kind: 'client', hasFailed: false });
  // So does the task itself.
  const ofTask = collector.spans.filter(
    ({ attributes }) => attributes['cloudevents.event_subject'] === `task/${made.body.id}`,
  );
  expect(new Set(ofTask.map((span) => span.traceId))).toEqual(new Set([traceId]));

  // A client's trace goes on, to the mail about its new assignee.
  const clientTrace = randomUUID().replaceAll('-', '');
  const traceparent = `00-${clientTrace}-${CLIENT_SPAN}-00`;
  const shuffled = await admin.request('POST', '/tasks/shuffles', undefined, { traceparent });
  expect(shuffled.status).toBe(202);
  expect(await wayOf(clientTrace, 'mailer: send mail', 'mailer: consume mailer-tasks')).toEqual([
    'gateway: POST /api/v1/tasks/shuffles',
    ...called('tasks', 'tasks.shuffle'),
    'tasks: publish tasks.shuffle.completed.v1',
    'mailer: consume mailer-tasks',
    'mailer: send mail',
  ]);
  const reassigned = collector.of(clientTrace).filter(({ attributes }) => {
    return attributes['cloudevents.event_subject'] === `task/${made.body.id}`;
  });
  expect(reassigned.map(({ name }) => name)).toContain('publish tasks.task.reassigned.v1');
}
