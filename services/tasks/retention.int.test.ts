import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Tx } from '#mixins/database/database.ts';
import { type RowsRun, retainRows } from '../../scripts/retention/rows.fixture.ts';
import { readAssignments, readTask } from './read-task.query.ts';
import { checkHistory, taskSets } from './reconciliation/reconcile.store.ts';
import retention from './retention.store.ts';
import { openTestDatabase, popug, type TestDatabase } from './tasks.fixture.ts';

let db: TestDatabase;
let run: RowsRun;
let before: Facts;

const id = (n: number) => `0195b000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [OLD, ALSO_OLD, YOUNG, OPEN] = [id(1), id(2), id(3), id(4)];

/** A task with an assignment for each of these people. Without an age in days, it is open. */
async function addTask(tx: Tx, task: string, people: readonly number[], doneDaysAgo: number | null) {
  const isDone = doneDaysAgo !== null;
  await tx.run(
    `INSERT INTO task (id, title, description, status, assignee_id, created_by_id, created_by_name, created_at, completed_at, version)
     VALUES ($1, 'Wash the cage', '', $2, $3, $3, 'Mia', now() - interval '100 days', now() - make_interval(days => $4::int), $5)`,
    [task, isDone ? 'done' : 'open', popug(people.at(-1) ?? 0), doneDaysAgo, people.length + Number(isDone)],
  );
  await tx.run(
    `INSERT INTO assignment (task_id, version, assignee_id, assigned_at)
     SELECT $1::uuid, number, person, now() - interval '100 days' FROM unnest($2::uuid[]) WITH ORDINALITY AS a (person, number)`,
    [task, people.map(popug)],
  );
}

/** What the reconciliation reads of assignments, as a whole and by pages of two. */
async function factsOf() {
  return await db.database.inTransaction(async (tx) => {
    const all = { low: null, high: null };
    const { facts } = await taskSets.charge.facts(tx, [all], null);
    const pages: string[][] = [];
    for (let low: string | null = null; ; ) {
      const high: string | null = await taskSets.charge.boundary(tx, low, 2);
      pages.push((await taskSets.charge.facts(tx, [{ low, high }], null)).facts.map(({ key }) => key));
      if (high === null) break;
      low = high;
    }
    const checksum = await taskSets.charge.checksum(tx, all, new Date().toISOString());
    return { facts: facts.map(({ key, value }) => [key, value]), pages, checksum };
  });
}
type Facts = Awaited<ReturnType<typeof factsOf>>;

beforeAll(async () => {
  db = await openTestDatabase();
  await db.database.inTransaction(async (tx) => {
    await addTask(tx, OLD, [7, 8, 7], 91);
    await addTask(tx, ALSO_OLD, [9], 92);
    await addTask(tx, YOUNG, [8, 9], 89);
    await addTask(tx, OPEN, [7, 9], null);
  });
  before = await factsOf();
  const [rows] = retention.rows;
  if (rows === undefined) throw new Error('Nothing is retained');
  const given = { before: new Date(Date.now() - 90 * 86_400_000), firsts: {} };
  run = await retainRows(db.config, 'tasks', rows, given);
});
afterAll(() => db.close());

const assignmentsOf = async (task: string) =>
  (await readAssignments(db.database, { id: task, limit: 50 })).items.map(({ assignee }) => assignee.id);

describe('assignments of tasks that were done long ago', () => {
  it('KEEP-2: are archived and removed; those of other tasks stay', async () => {
    expect(run).toMatchObject({ counted: 2, removed: 2 });
    const archived = run.archived.map(({ key, row }) => [key, row.assignments]);
    expect(archived).toContainEqual([
      OLD,
      [7, 8, 7].map((n, index) => expect.objectContaining({ version: index + 1, assignee_id: popug(n) })),
    ]);
    expect(await Promise.all([OLD, ALSO_OLD, YOUNG, OPEN].map(assignmentsOf))).toEqual([
      [],
      [],
      [8, 9].map(popug),
      [7, 9].map(popug),
    ]);
    expect(await readTask(db.database, OLD)).toMatchObject({ status: 'done', version: 4 });
  });

  it('KEEP-4: are the same facts for the reconciliation, in bounded pages', async () => {
    const after = await factsOf();
    expect(after.facts).toEqual(before.facts);
    expect(after.facts).toHaveLength(8);
    expect(after.checksum).toEqual(before.checksum);
    expect(after.pages.flat()).toEqual(before.pages.flat());
    expect(Math.max(...after.pages.map(({ length }) => length))).toBeLessThanOrEqual(4);
    const { differences } = await db.database.inTransaction((tx) => checkHistory(tx, null));
    expect(differences).toEqual([]);
  });
});
