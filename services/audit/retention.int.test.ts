import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RowsRun, retainRows } from '../../scripts/retention/rows.fixture.ts';
import { delivery, openLog, type TestLog } from './audit.fixture.ts';
import { readAudit } from './read-audit.query.ts';
import retention from './retention.store.ts';

let log: TestLog;
let run: RowsRun;
/** Events have the time of their version, in seconds: versions 1 to 3 are old. */
const BEFORE = new Date(Date.UTC(2026, 2, 1, 10, 0, 4));
const colours = ['red', 'blue', 'green', 'grey'];

beforeAll(async () => {
  log = await openLog();
  const fact = { type: 'toys.toy.broken.v1' };
  await log.record(
    ...colours.map((colour, index) => delivery('toy/one', index + 1, { colour })),
    delivery('toy/still', 1, { colour: 'white' }),
    delivery('toy/two', 3, { part: 'a wheel' }, fact),
    delivery('toy/two', 4, { part: 'a bell' }, fact),
  );
  const [rows] = retention.rows;
  if (rows === undefined) throw new Error('Nothing is retained');
  run = await retainRows(log.config, 'audit', rows, { before: BEFORE, firsts: {} });
});
afterAll(() => log.close());

const kept = async (subject: string) => {
  const { items } = await readAudit(log.database, { limit: 50, subject });
  return items.map(({ before, after, data }) => after ?? data ?? before);
};

describe('a log with old records', () => {
  it('KEEP-2: archives what it removes, whole', () => {
    expect(run).toMatchObject({ counted: 3, removed: 3 });
    const found = run.archived.map(({ row }) => [row.subject, row.sequence, row.data]);
    expect(found.sort()).toEqual([
      ['toy/one', 1, { colour: 'red' }],
      ['toy/one', 2, { colour: 'blue' }],
      ['toy/two', 3, { part: 'a wheel' }],
    ]);
  });

  it('KEEP-4: keeps the newest old state of each aggregate, with which the next one is compared', async () => {
    const { items } = await readAudit(log.database, { limit: 50, subject: 'toy/one' });
    expect(items.map(({ before, after }) => [before, after])).toEqual([
      [{ colour: 'green' }, { colour: 'grey' }],
      [null, { colour: 'green' }],
    ]);
    expect(await kept('toy/still')).toEqual([{ colour: 'white' }]);
    expect(await kept('toy/two')).toHaveLength(1);
  });

  it('AUD-1: refuses other removals as before', async () => {
    const remove = log.database.inTransaction((tx) => tx.run('DELETE FROM audit_record'));
    await expect(remove).rejects.toThrow('permission denied');
    const triggers = await log.database.rows(
      `SELECT tgenabled FROM pg_trigger WHERE tgname = 'audit_record_append_only'`,
    );
    expect(triggers).toEqual([{ tgenabled: 'O' }]);
  });
});
