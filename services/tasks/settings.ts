import { integer, retentionDays, type ValuesOf } from '../../settings.ts';

const settings = {
  /** Tasks that a user creates a minute on a node of tasks. */
  taskQuota: integer({ variable: 'TASK_QUOTA', default: 120, min: 1, max: 10_000_000 }),
  /**
   * Days after its completion when the assignments of a task may be archived and removed; null:
   * never.
   */
  retentionAssignmentsDays: retentionDays('RETENTION_ASSIGNMENTS_DAYS'),
};

export default settings;

declare module '../../config.ts' {
  interface Config extends ValuesOf<typeof settings> {}
}
