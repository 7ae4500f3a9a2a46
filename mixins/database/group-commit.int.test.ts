/** Concurrent calls of one kind, which share transactions. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CallScope, DeadlinePassedError, runInScope } from '#mixins/call-scope.ts';
import { recordTraces } from '#mixins/tracing/recorder.fixture.ts';
import { runInSpan } from '#mixins/tracing/traces.ts';
import { addressesOf } from './address.ts';
import { withClient } from './client.ts';
import type { Database, Tx } from './database.ts';
import { isDataError, OutcomeUnknownError, QUERY_CANCELED, sqlStateOf, wrapDriverError } from './errors.ts';
import { GroupCommit } from './group-commit.ts';
import { openTestDatabase, type TestDatabase } from './open.fixture.ts';

const AMPLE_MS = 4_500;

let test: TestDatabase;
let database: Database;
beforeAll(async () => {
  test = await openTestDatabase({ databasePoolSize: 5 });
  database = test.database;
});
afterAll(() => test.close());
beforeEach(() => database.inTransaction(async (tx) => void (await tx.run('DELETE FROM item'))));

const ids = async () =>
  (await database.rows<{ id: number }>('SELECT id FROM item ORDER BY id')).map(({ id }) => id);
const titled = (id: number) => `title of ${id}`;
const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
const range = (length: number) => Array.from({ length }, (_, id) => id);

/** Inserts items and returns their titles. `sizes` notes how many calls a transaction had. */
function inserting(sizes: number[], before = async (_: Tx, __: readonly number[]) => {}, on = database) {
  return new GroupCommit<number, string>(on, async (tx, given) => {
    sizes.push(given.length);
    await before(tx, given);
    await tx.run('INSERT INTO item (id, title) SELECT id, $2 || id FROM unnest($1::int[]) AS id', [
      given,
      titled(0).slice(0, -1),
    ]);
    return given.map(titled);
  });
}

const call = <Result>(work: () => Promise<Result>, scope = new CallScope(performance.now() + AMPLE_MS)) =>
  runInScope(scope, work);
const outcomes = async (calls: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(calls)).map((each) => (each.status === 'fulfilled' ? each.value : each.reason));

const isLate = (error: unknown) =>
  error instanceof DeadlinePassedError || sqlStateOf(error) === QUERY_CANCELED;

describe('concurrent calls', () => {
  it('share transactions, and each gets its own result', async () => {
    const sizes: number[] = [];
    const group = inserting(sizes);
    expect(await outcomes(range(20).map((id) => call(() => group.run(id))))).toEqual(range(20).map(titled));
    // The first two begin at once.
    expect(sorted(sizes)).toEqual([1, 1, 18]);
    expect(await ids()).toEqual(range(20));
  });

  it('have a span each in their own traces, and none of another call', async () => {
    const { traces, spans } = recordTraces();
    const group = inserting([]);
    const traceIds = range(6).map((id) => String(id + 1).repeat(32));
    const inTrace = (traceId: string, id: number) => {
      const span = traces.begin({ traceId, spanId: null }, 'call', { kind: 'internal', service: 'parrots' });
      return runInSpan(span, () => call(() => group.run(id)));
    };
    await Promise.all(traceIds.map(inTrace));
    expect(spans.map(({ name }) => name)).toEqual(Array(6).fill('transaction'));
    expect(spans.map(({ traceID }) => traceID).sort()).toEqual(traceIds);
    expect(spans[0]).toMatchObject({ type: 'client', service: { name: 'parrots' }, error: null });
  });

  it('note that they have committed', async () => {
    const scopes = range(6).map(() => new CallScope(performance.now() + AMPLE_MS));
    const group = inserting([]);
    await Promise.all(scopes.map((scope, id) => call(() => group.run(id), scope)));
    expect(scopes.map(({ hasCommitted }) => hasCommitted)).toEqual(scopes.map(() => true));
  });

  it('do not fail by the data of another one', async () => {
    const sizes: number[] = [];
    const bad = 2 ** 31;
    const group = inserting(sizes);
    const given = [0, 1, 2, bad, 4];
    const [first, second, third, failed, last] = await outcomes(given.map((id) => call(() => group.run(id))));
    expect([first, second, third, last]).toEqual([0, 1, 2, 4].map(titled));
    expect(isDataError(failed)).toBe(true);
    expect(sizes).toContain(3);
    expect(await ids()).toEqual([0, 1, 2, 4]);
  });

  it('do not fail by the deadline of another one, after which nothing of it is changed', async () => {
    const short = new CallScope(performance.now() + 300);
    const sizes: number[] = [];
    const group = inserting(sizes, async (tx, given) => {
      if (given.includes(3)) await tx.rows('SELECT pg_sleep(1)');
    });
    const results = await outcomes(
      range(5).map((id) => call(() => group.run(id), id === 3 ? short : undefined)),
    );
    expect(results.toSpliced(3, 1)).toEqual([0, 1, 2, 4].map(titled));
    expect(isLate(results[3])).toBe(true);
    expect(short.hasCommitted).toBe(false);
    expect(sizes).toContain(3);
    expect(await ids()).toEqual([0, 1, 2, 4]);
  });

  it('fail together, and only once, if the server is busy', async () => {
    const sizes: number[] = [];
    const group = inserting(sizes);
    await withClient(addressesOf(test.config, 'things').owner, async (client) => {
      await client.run('BEGIN; LOCK TABLE item IN EXCLUSIVE MODE');
      const results = await outcomes(range(12).map((id) => call(() => group.run(id))));
      expect(results.map(sqlStateOf)).toEqual(results.map(() => '55P03'));
      await client.run('ROLLBACK');
    });
    expect(sorted(sizes)).toEqual([1, 1, 10]);
    expect(await ids()).toEqual([]);
  });

  it('do not fail because the wait for a silent server ended with the deadline of another one', async () => {
    const sizes: number[] = [];
    const group = inserting(sizes, async (_, given) => {
      if (given.length > 1) throw wrapDriverError(new Error('Query read timeout'));
    });
    expect(await outcomes(range(6).map((id) => call(() => group.run(id))))).toEqual(range(6).map(titled));
    expect(sizes).toContain(4);
    expect(await ids()).toEqual(range(6));
  });

  it('leave out one whose deadline passed while it waited', async () => {
    const sizes: number[] = [];
    const free = Promise.withResolvers<void>();
    const group = inserting(sizes, async (_, given) => {
      if (given.length === 1) await free.promise;
    });
    const short = new CallScope(performance.now() + AMPLE_MS);
    const calls = range(6).map((id) => call(() => group.run(id), id === 3 ? short : undefined));
    (short as { deadline: number }).deadline = performance.now() - 1;
    free.resolve();
    const results = await outcomes(calls);
    expect(results[3]).toBeInstanceOf(DeadlinePassedError);
    expect(sorted(sizes)).toEqual([1, 1, 3]);
    expect(await ids()).toEqual([0, 1, 2, 4, 5]);
  });

  it.each([
    ['no answer', undefined],
    ['PANIC', 'XX000'],
  ])(
    'do not learn whether they were committed if the server did not say, and do not run again: %s',
    async (message, code) => {
      const silent: Database = {
        ...database,
        inTransaction: async (work) => {
          await database.inTransaction(work);
          throw new OutcomeUnknownError(Object.assign(new Error(message), { code }));
        },
      };
      const sizes: number[] = [];
      const group = inserting(sizes, undefined, silent);
      const scopes = range(6).map(() => new CallScope(performance.now() + AMPLE_MS));
      const results = await outcomes(scopes.map((scope, id) => call(() => group.run(id), scope)));
      for (const error of results) expect(error).toBeInstanceOf(OutcomeUnknownError);
      expect(scopes.map(({ hasCommitted }) => hasCommitted)).toEqual(scopes.map(() => true));
      expect(sorted(sizes)).toEqual([1, 1, 4]);
      expect(await ids()).toEqual(range(6));
    },
  );
});

it('a call outside of any scope has a transaction of its own', async () => {
  const sizes: number[] = [];
  const group = inserting(sizes);
  await Promise.all(range(4).map((id) => group.run(id)));
  expect(sizes).toEqual([1, 1, 1, 1]);
  expect(await ids()).toEqual(range(4));
});
