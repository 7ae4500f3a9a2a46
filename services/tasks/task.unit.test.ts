import { describe, expect, it } from '@jest/globals';
import { type DoneTask, type OpenTask, reassign, refusalToComplete, viewTask } from './task.ts';

const NOW = new Date('2026-03-01T10:00:00.000Z');
const open: OpenTask = {
  id: '0195a000-0000-7000-8000-000000000001',
  title: 'Wash the cage',
  externalId: 'POPUG-123',
  description: '',
  status: 'open',
  assigneeId: 'pip',
  createdById: 'mia',
  createdByName: 'Mia as she was',
  createdAt: new Date('2026-02-28T09:30:00.123Z'),
  completedAt: null,
  version: 3,
};
const done: DoneTask = { ...open, status: 'done', completedAt: NOW };

describe('an open task', () => {
  it('TASK-7: may be completed by its assignee', () => {
    expect(refusalToComplete(open, 'pip')).toBeNull();
  });

  it('TASK-7: is refused to everyone else', () => {
    expect(refusalToComplete(open, 'rio')).toBe('not_your_task');
  });

  it('TASK-5: counts a new assignment even if the same person is drawn', () => {
    expect(reassign(open, 'pip')).toEqual({ ...open, version: 4 });
    expect(reassign(open, 'rio')).toEqual({ ...open, assigneeId: 'rio', version: 4 });
  });
});

describe('a done task', () => {
  it('TASK-7: is not completed twice', () => {
    expect(refusalToComplete(done, 'pip')).toBe('task_already_done');
  });

  it('is refused to another user as not theirs, whatever its status', () => {
    expect(refusalToComplete(done, 'rio')).toBe('not_your_task');
  });
});

describe('the view of a task', () => {
  it('names people by their copies', () => {
    const names = new Map([
      ['pip', 'Pip'],
      ['mia', 'Mia'],
    ]);
    expect(viewTask(done, names)).toEqual({
      id: done.id,
      title: 'Wash the cage',
      externalId: 'POPUG-123',
      description: '',
      status: 'done',
      assignee: { id: 'pip', name: 'Pip' },
      createdBy: { id: 'mia', name: 'Mia' },
      createdAt: '2026-02-28T09:30:00.123Z',
      completedAt: '2026-03-01T10:00:00.000Z',
      version: 3,
    });
  });

  it('uses its own data if copies are missing', () => {
    expect(viewTask(open, new Map())).toMatchObject({
      assignee: { id: 'pip', name: 'unknown' },
      createdBy: { id: 'mia', name: 'Mia as she was' },
      completedAt: null,
    });
  });
});
