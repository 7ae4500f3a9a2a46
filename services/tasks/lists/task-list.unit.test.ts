import { describe, expect, it } from '@jest/globals';
import { TASK_SORTS } from '#schemas/actions/tasks/list.ts';
import type { Task } from '../task.ts';
import { cursorAt, orderOf, placeOf, rangeOf } from './task-list.ts';

const task: Task = {
  id: '0195a000-0000-7000-8000-000000000001',
  title: 'П'.repeat(200),
  externalId: null,
  description: '',
  status: 'done',
  assigneeId: 'pip',
  createdById: 'mia',
  createdByName: 'Mia',
  createdAt: new Date('2026-02-28T09:30:00.123Z'),
  completedAt: new Date('2026-03-01T10:00:00.000Z'),
  version: 2,
};
const page = { limit: 50, sort: '-createdAt' } as const;

describe('a cursor', () => {
  it.each(TASK_SORTS)('TASK-8: of %s leads back to its position, and is short', (sort) => {
    const cursor = cursorAt(sort, task);
    expect(cursor.length).toBeLessThanOrEqual(500);
    const { field } = orderOf(sort);
    expect(placeOf(sort, cursor)).toEqual({ id: task.id, at: field === 'title' ? null : task[field] });
  });

  it('has the position of an open task by completion', () => {
    const open: Task = { ...task, status: 'open', completedAt: null };
    expect(placeOf('-completedAt', cursorAt('-completedAt', open))).toEqual({ id: task.id, at: null });
  });

  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  it.each([
    'x',
    '!!!',
    encode(null),
    encode({}),
    encode([]),
    encode(['-createdAt', null, task.id]),
    encode(['-createdAt', 'now', task.id]),
    encode(['-createdAt', 1e300, task.id]),
    encode(['-createdAt', 1, "' OR 1=1"]),
    encode(['createdAt', 1, task.id]),
  ])('%j is not a cursor of this list', (cursor) => {
    expect(() => placeOf('-createdAt', cursor)).toThrow(expect.objectContaining({ type: 'invalid_cursor' }));
  });
});

describe('a range of times', () => {
  it('is half-open for times, and includes whole days', () => {
    expect(rangeOf({ ...page, createdFrom: '2026-02-28', createdTo: '2026-02-28' }, 'created')).toEqual({
      from: new Date('2026-02-28T00:00:00.000Z'),
      before: new Date('2026-03-01T00:00:00.000Z'),
    });
    expect(
      rangeOf(
        { ...page, completedFrom: '2026-02-28T10:00+02:00', completedTo: '2026-02-28T10:00:00.5Z' },
        'completed',
      ),
    ).toEqual({ from: new Date('2026-02-28T08:00:00.000Z'), before: new Date('2026-02-28T10:00:00.500Z') });
    expect(rangeOf(page, 'completed')).toEqual({ from: undefined, before: undefined });
  });

  it.each(['2026-02-30', '2026-13-01', '2026-02-30T10:00Z', '2026-02-28T25:00Z'])(
    '%s does not exist',
    (createdTo) => {
      expect(() => rangeOf({ ...page, createdTo }, 'created')).toThrow(
        expect.objectContaining({
          type: 'validation_failed',
          data: { errors: [expect.objectContaining({ field: 'createdTo' })] },
        }),
      );
    },
  );
});
