import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { databaseName } from '#mixins/names.ts';
import { delivery, MIA, openLog, type TestLog } from './audit.fixture.ts';
import { readAudit } from './read-audit.query.ts';
import { insertRecords } from './record.store.ts';
import { type AuditItem, recordOf } from './record.ts';

let log: TestLog;
beforeAll(async () => {
  log = await openLog();
});
afterAll(() => log.close());

/** Runs SQL as the owner of the table, whom the log must refuse, too. */
async function asSuperuser(sql: string): Promise<void> {
  const url = new URL(log.config.databaseUrl ?? '');
  url.pathname = `/${databaseName(log.config.namespace, 'audit')}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

const read = (params: object = {}) => readAudit(log.database, { limit: 50, ...params });
const refusal = (params: object) =>
  read(params).then(
    () => undefined,
    (error: { type: string; data?: { errors?: { field: string }[] } }) => [
      error.type,
      error.data?.errors?.map(({ field }) => field),
    ],
  );

async function all(params: object, limit: number): Promise<AuditItem[]> {
  const items: AuditItem[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await read({ ...params, limit, ...(cursor ? { cursor } : {}) });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

describe('a recorded event', () => {
  const subject = 'toy/one';

  it('AUD-1: is shown with actor, origin, time and change', async () => {
    const event = delivery(subject, 1, { colour: 'red', tags: ['a', null], size: 2 ** 53 - 1 });
    await log.record(event);
    expect((await read({ subject })).items).toEqual([
      {
        id: event.id,
        type: 'toys.toy.changed.v1',
        subject,
        actor: MIA,
        actorName: null,
        address: '192.0.2.7',
        at: event.time.toISOString(),
        correlationId: event.correlationId,
        causationId: event.causationId,
        before: null,
        after: event.data,
        data: event.data,
      },
    ]);
  });

  it('AUD-1: has the name of its actor, the newest one, once it is known', async () => {
    const [actorId, path] = ['0195a000-0000-7000-8000-000000000077', 'toy/named'];
    const user = (version: number, name: string, type: string) =>
      recordOf(
        delivery(`user/${actorId}`, version, { name }, { type, actorId: 'anonymous' }),
        new Set([type]),
      );
    await log.record(delivery(path, 1, {}, { actorId }));
    const nameNow = async () => (await read({ subject: path })).items[0]?.actorName;
    expect(await nameNow()).toBeNull();
    await log.database.inTransaction((tx) =>
      insertRecords(tx, [
        user(2, 'Mila', 'auth.user.changed.v1'),
        user(1, 'Mia', 'auth.user.registered.v1'),
        user(3, 'Not of a user', 'toys.user.changed.v1'),
      ]),
    );
    expect(await nameNow()).toBe('Mila');
  });

  it('AUD-1: is recorded once and for ever', async () => {
    const event = delivery('toy/once', 1);
    expect(await log.record(event, delivery('toy/once', 2))).toBe(2);
    expect(await log.record(event)).toBe(0);
    expect((await read({ subject: 'toy/once' })).items).toHaveLength(2);
  });

  it('is kept with any content', async () => {
    const data = { 'na\u0000me': 'nul \u0000 and \\u0000 and "quotes" and 🦜', deep: [{ text: '\u0000' }] };
    await log.record(delivery('toy/odd \u0000', 1, { text: data['na\u0000me'], deep: data.deep }));
    const [item] = (await read({ subject: 'toy/odd \uFFFD' })).items;
    expect(item?.data).toEqual({
      text: 'nul \uFFFD and \\u0000 and "quotes" and 🦜',
      deep: [{ text: '\uFFFD' }],
    });
  });

  it('cannot be changed or deleted by anybody', async () => {
    const before = await read();
    for (const sql of [
      'UPDATE audit_record SET actor_id = $1',
      'DELETE FROM audit_record WHERE actor_id <> $1',
    ]) {
      await expect(log.database.inTransaction((tx) => tx.run(sql, ['x']))).rejects.toMatchObject({
        original: { code: '42501' },
      });
    }
    for (const sql of [
      `UPDATE audit_record SET actor_id = 'x'`,
      'DELETE FROM audit_record',
      'TRUNCATE audit_record',
    ]) {
      await expect(asSuperuser(sql)).rejects.toMatchObject({ code: '23001' });
    }
    expect(await read()).toEqual(before);
  });
});

describe('the values before', () => {
  const events = [1, 2, 3].map((n) => delivery('toy/states', n, { n }));
  const states = async () =>
    (await read({ subject: 'toy/states' })).items.map(({ before, after }) => [before, after]);

  it('AUD-1: are those of the previous version, in any order of arrival', async () => {
    const [one, two, three] = events;
    if (!one || !two || !three) throw new Error('three events');
    await log.record(three);
    expect(await states()).toEqual([[null, { n: 3 }]]);
    await log.record(one);
    expect(await states()).toEqual([
      [null, { n: 3 }],
      [null, { n: 1 }],
    ]);
    await log.record(two);
    expect(await states()).toEqual([
      [{ n: 2 }, { n: 3 }],
      [{ n: 1 }, { n: 2 }],
      [null, { n: 1 }],
    ]);
  });

  it('are not shown for events without states, and not taken from these', async () => {
    await log.record(
      delivery('toy/mixed', 1, { n: 1 }, { type: 'toys.toy.broken.v1' }),
      delivery('toy/mixed', 2, { n: 2 }),
      delivery('toy/mixed', 3, { n: 3 }, { type: 'toys.toy.broken.v1' }),
    );
    const { items } = await read({ subject: 'toy/mixed' });
    expect(items.map(({ before, after, data }) => [before, after, data])).toEqual([
      [null, null, { n: 3 }],
      [null, { n: 2 }, { n: 2 }],
      [null, null, { n: 1 }],
    ]);
  });

  it('are of the same major version and the same stream', async () => {
    const type = 'toys.toy.changed.v2';
    await log.record(
      delivery('toy/majors', 1, { v: 1 }),
      delivery('toy/majors', 1, { v: 2 }, { type }),
      delivery('toy/majors', 2, { v: 2, next: true }, { type }),
    );
    expect((await read({ subject: 'toy/majors', type })).items[0]).toMatchObject({
      before: { v: 2 },
      after: { v: 2, next: true },
    });
  });
});

describe('a log with many events', () => {
  const OTHER = '0195a000-0000-7000-8000-000000000002';
  // Ten records have the same time, because events of one transaction do.
  const at = (n: number) => new Date(Date.UTC(2025, 0, 1, 0, 0, Math.floor(n / 10)));
  const many = Array.from({ length: 95 }, (_, n) =>
    delivery(
      `parrot/${n % 7}`,
      1 + Math.floor(n / 7),
      { n },
      {
        type: n % 2 === 0 ? 'birds.parrot.fed.v1' : 'birds.parrot.weighed.v1',
        actorId: n % 3 === 0 ? OTHER : 'service:birds',
        correlationId: `request-${n % 4}`,
        time: at(n),
      },
    ),
  );
  const range = { from: '2025-01-01', to: '2025-01-02' };
  const numbers = (items: readonly AuditItem[]) => items.map(({ data }) => (data as { n: number }).n);
  const expected = (holds: (n: number) => boolean) =>
    many
      .filter((_, n) => holds(n))
      .toSorted((a, b) => b.time.getTime() - a.time.getTime() || (a.id < b.id ? 1 : -1))
      .map(({ data }) => (data as { n: number }).n);

  beforeAll(() => log.record(...many));

  it.each([1, 7, 95, 200])('AUD-1: is read newest first, in pages of %d, each event once', async (limit) => {
    expect(numbers(await all(range, limit))).toEqual(expected(() => true));
  });

  it.each([
    [{ type: 'birds.parrot.fed.v1' }, (n: number) => n % 2 === 0],
    [{ actor: OTHER }, (n: number) => n % 3 === 0],
    [{ actor: 'service:birds', type: 'birds.parrot.weighed.v1' }, (n: number) => n % 3 !== 0 && n % 2 === 1],
    [{ subject: 'parrot/3' }, (n: number) => n % 7 === 3],
    [{ subject: 'parrot/3', actor: OTHER }, (n: number) => n % 7 === 3 && n % 3 === 0],
    [{ from: at(20).toISOString(), to: at(40).toISOString() }, (n: number) => n >= 20 && n < 40],
    [{ from: '2025-01-01T02:00:08+02:00' }, (n: number) => n >= 80],
    [{ from: at(20).toISOString(), to: at(20).toISOString() }, () => false],
    [{ type: 'birds.parrot' }, () => false],
    [{ service: 'birds' }, () => true],
    [{ service: 'birds', actor: OTHER }, (n: number) => n % 3 === 0],
    [{ service: 'birds', type: 'birds.parrot.fed.v1' }, (n: number) => n % 2 === 0],
    [{ service: 'birds', subject: 'parrot/3' }, (n: number) => n % 7 === 3],
    [{ service: 'bird' }, () => false],
    [{ service: 'cages', type: 'birds.parrot.fed.v1' }, () => false],
    [{ correlation: 'request-1' }, (n: number) => n % 4 === 1],
    [{ correlation: 'request-1', service: 'birds', actor: OTHER }, (n: number) => n % 12 === 9],
  ])('AUD-1: is filtered by %j', async (filter, holds) => {
    expect(numbers(await all({ ...range, ...filter }, 10))).toEqual(expected(holds));
  });

  it('keeps its pages stable while more events arrive', async () => {
    const first = await read({ subject: 'parrot/0', limit: 5 });
    await log.record(delivery('parrot/0', 99, { n: 1_000 }, { time: new Date(Date.UTC(2025, 5, 1)) }));
    const rest = await all({ subject: 'parrot/0', cursor: first.nextCursor }, 5);
    expect(numbers(rest)).not.toContain(1_000);
    const next = await read({ subject: 'parrot/0', limit: 5, cursor: first.nextCursor });
    expect(numbers([...first.items, ...next.items])).toEqual(expected((n) => n % 7 === 0).slice(0, 10));
  });
});

describe('a page of large events', () => {
  it('has fewer items than requested, and omits none', async () => {
    const large = Array.from({ length: 30 }, (_, n) =>
      delivery('toy/large', n + 1, { text: 'x'.repeat(40_000), n }),
    );
    await log.record(...large);
    const first = await read({ subject: 'toy/large' });
    expect(first.items.length).toBeLessThan(30);
    expect(Buffer.byteLength(JSON.stringify(first))).toBeLessThan(1_000_000);
    const items = await all({ subject: 'toy/large' }, 200);
    expect(items.map(({ data }) => (data as { n: number }).n)).toEqual(large.map((_, n) => 29 - n));
  });
});

describe('an invalid or extreme request', () => {
  let before: unknown;
  beforeEach(async () => {
    before = await log.database.rows('SELECT count(*) FROM audit_record');
  });

  it.each([
    [{ from: '2026-02-30' }, ['validation_failed', ['from']]],
    [{ to: '2026-13-01T00:00:00Z' }, ['validation_failed', ['to']]],
    [{ from: '2026-02-02', to: '2026-02-01' }, ['validation_failed', ['to']]],
    [{ cursor: 'nonsense' }, ['invalid_cursor', undefined]],
    [{ cursor: Buffer.from('[1,2]').toString('base64url') }, ['invalid_cursor', undefined]],
    [{ cursor: Buffer.from(`[9e99,"${MIA}"]`).toString('base64url') }, ['invalid_cursor', undefined]],
    [
      { cursor: Buffer.from(`[-8640000000000000,"${MIA}"]`).toString('base64url') },
      ['invalid_cursor', undefined],
    ],
    [{ from: '0000-01-01' }, ['validation_failed', ['from']]],
    [
      { cursor: Buffer.from(`[8640000000000000,"${MIA}"]`).toString('base64url') },
      ['invalid_cursor', undefined],
    ],
    [{ cursor: Buffer.from(`["2026","${MIA}"]`).toString('base64url') }, ['invalid_cursor', undefined]],
  ])('%j is refused', async (params, expected) => {
    expect(await refusal(params)).toEqual(expected);
    expect(await log.database.rows('SELECT count(*) FROM audit_record')).toEqual(before);
  });

  it('is answered for every valid year', async () => {
    expect(await refusal({ from: '0001-01-01', to: '9999-12-31' })).toBeUndefined();
  });
});
