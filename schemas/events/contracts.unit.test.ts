import { describe, expect, it } from '@jest/globals';
import { fingerprintOf } from '#schemas/avro.ts';
import { serviceOf } from '#schemas/event.ts';
import { loadActionContracts, loadEventContracts } from '#schemas/load.ts';
import type { ShuffleCompleted } from './tasks/shuffle-completed.v1.ts';
import type { TaskCreated } from './tasks/task-created.v1.ts';

/** Whether two types are the same, not just assignable. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Fails to compile where the argument's type is not `true`. */
const holds = <_T extends true>() => expect(true).toBe(true);

describe('the contracts of the project', () => {
  it('are all found and sorted, and their schemas are valid and named after their services', async () => {
    const contracts = await loadEventContracts();
    const types = contracts.map(({ type }) => type);
    expect(types).toContain('tasks.task.created.v1');
    expect(types).toEqual(types.toSorted());
    for (const contract of contracts) {
      expect(fingerprintOf(contract)).toMatch(/^[0-9a-f]{16}$/);
      expect(contract.schema.name).toMatch(
        new RegExp(`^${serviceOf(contract.type).replaceAll('-', '_')}\\.[A-Z]\\w+$`),
      );
    }
  });

  it('have schemas with distinct fingerprints', async () => {
    const contracts = await loadEventContracts();
    expect(new Set(contracts.map(fingerprintOf)).size).toBe(contracts.length);
  });

  it('have strict params, a summary and a route of their own', async () => {
    for (const contract of await loadActionContracts()) {
      expect(contract.params).toMatchObject({ $$strict: true });
      expect(contract.summary).not.toBe('');
      expect(contract.route).toMatch(/^(GET|POST|PATCH|DELETE) \/\S+$/);
    }
  });

  it('derive the types of their data from their Avro schemas (checked by the compiler)', () => {
    holds<Same<TaskCreated['externalId'], string | null>>();
    holds<Same<TaskCreated['createdAt'], number>>();
    holds<Same<ShuffleCompleted['byAssignee'][number]['tasksDrawn'], number>>();
    // @ts-expect-error: a field is missing
    const missing: TaskCreated = { taskId: '', title: '' };
    expect(missing).toBeDefined();
  });
});
