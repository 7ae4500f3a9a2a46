import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '#mixins/database/database.ts';
import { createTestIssuer, type TestIssuer } from '#mixins/identity/issuer.fixture.ts';
import { platformOf } from '#mixins/platform.ts';
import closeDayAction from '#schemas/actions/accounting/close-day.ts';
import companyAction from '#schemas/actions/accounting/company.ts';
import dayAction from '#schemas/actions/accounting/day.ts';
import daysAction from '#schemas/actions/accounting/days.ts';
import payoutsAction from '#schemas/actions/accounting/payouts.ts';
import statementAction from '#schemas/actions/accounting/statement.ts';
import todayAction from '#schemas/actions/accounting/today.ts';
import { MAX_PAGE_SIZE } from '#schemas/params.ts';
import type { Config } from '../../../config.ts';
import { startNode, type TestNode } from '../../../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../../../test/harness/config.ts';
import { until } from '../../../test/harness/wait.ts';
import { gatewayService } from '../../gateway/gateway.service.ts';
import type { Books } from '../books.fixture.ts';
import { bookAll, postingRequest } from '../days/days.fixture.ts';
import { fixtureId } from '../tasks/task-history.fixture.ts';

const PIP = fixtureId(1, 1);
const JAY = fixtureId(1, 2);
const MANY = fixtureId(1, 3);
const LINES = 50_000;
/** Valid titles and reasons that a spreadsheet or a careless parser would misread. */
const TEXTS = ['plain', 'a, b', 'say "tweet"', 'über 🦜', '=1+1', '-2', '@SUM(A1)', '+3', "'=1"];

let config: Config;
let node: TestNode;
let issuer: TestIssuer;
let books: Books;
let root: string;
beforeAll(async () => {
  config = testConfig({ logLevel: 'fatal' });
  const days = [companyAction, daysAction, dayAction, todayAction, payoutsAction, closeDayAction];
  const gateway = gatewayService({ contracts: [statementAction, ...days], services: ['accounting'] });
  node = await startNode(config, ['accounting', gateway]);
  issuer = await createTestIssuer(config.namespace);
  const platform = platformOf(node.broker);
  await (await platform.bus.bucket('identity')).put(...issuer.entry);
  const { database } = node.broker.getLocalService('accounting') as unknown as { database: Database };
  books = { config, database, platform } as Books;
  const { server } = node.broker.getLocalService('gateway') as unknown as {
    server: { address(): AddressInfo };
  };
  root = `http://127.0.0.1:${server.address().port}/api/v1/accounting`;
  const token = await issuer.token({ userId: PIP });
  await until(async () => (await platform.identity.verify(token)).userId === PIP, { what: 'the key' });

  await bookAll(
    books,
    TEXTS.map((text, n) =>
      postingRequest(PIP, n === 1 ? -5 : 10 - n, {
        reason: text,
        referenceType: 'song',
        referenceId: String(n),
        referenceTitle: text,
      }),
    ),
  );
  await bookAll(books, [postingRequest(MANY, 1), postingRequest(JAY, 1)]);
  await database.inTransaction(async (tx) => {
    // Inserts in one statement, as `insertBooking` does.
    await tx.run(
      `WITH line AS MATERIALIZED (
         SELECT nextval('posting_id_seq') AS id, n, (SELECT id FROM account WHERE owner_id = $1::uuid) AS account_id,
           (SELECT day FROM business_day WHERE ended_at IS NULL) AS day
         FROM generate_series(2, $2::int) AS n
       ), posted AS (
         INSERT INTO posting (id, public_id, key, kind, business_day, occurred_at, note)
         SELECT id, gen_random_uuid(), 'many:' || n, 'bonus', day, now(), CASE n WHEN 2 THEN E'two\\nlines' ELSE repeat('x', 200) END FROM line
       ), entered AS (
         INSERT INTO entry (posting_id, account_id, amount, business_day, account_sequence, balance_after)
         SELECT line.id, leg.* FROM line CROSS JOIN LATERAL
           (VALUES (account_id, 1::bigint, day, n::bigint, n::bigint), (1, -1, day, NULL, NULL)) AS leg
       )
       UPDATE account SET balance = $2, entry_count = $2 WHERE owner_id = $1::uuid`,
      [MANY, LINES],
    );
  });
});
afterAll(async () => {
  await node.stop();
  await dropNamespace(config);
});

async function ask(path: string, accept: string, userId = PIP, ...roles: string[]): Promise<Response> {
  const token = await issuer.token({ userId, roles });
  return fetch(`${root}${path}`, { headers: { accept, authorization: `Bearer ${token}` } });
}

/** Cells by the name of their column, parsed as in RFC 4180. */
function read(text: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ',') rows.push([]);
  }
  expect(rows.pop()).toEqual([]);
  const [names = [], ...lines] = rows;
  return lines.map((cells) => Object.fromEntries(names.map((name, n) => [name, cells[n] ?? ''])));
}

/**
 * The fields of a list's item, flat and as text. Text that a spreadsheet would run gets an
 * apostrophe.
 */
function flat(item: object, prefix = ''): [string, string][] {
  return Object.entries(item).flatMap(([name, value]): [string, string][] => {
    if (value !== null && typeof value === 'object') return flat(value, `${prefix}${name}.`);
    const guarded = typeof value === 'string' && /^[=+\-@]/.test(value) ? `'${value}` : value;
    return [[`${prefix}${name}`, value === null ? '' : String(guarded)]];
  });
}

describe('a statement as CSV', () => {
  it.each([
    ['one’s own', '/accounts/me/statement', PIP, []],
    ["an accountant's view of another account", `/accounts/${PIP}/statement`, JAY, ['accountant']],
    ['of a range', `/accounts/me/statement?from=2026-01-01&to=2026-12-31`, PIP, []],
  ])('ACC-11: has the same content as JSON: %s', async (_, path, who, roles) => {
    const { items } = (await (await ask(path, 'application/json', who, ...roles)).json()) as {
      items: object[];
    };
    const answer = await ask(path, 'text/csv', who, ...roles);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="accounting-statement.csv"');
    const text = await answer.text();
    const lines = read(text);
    expect(text.split('\r\n')[0]).toBe(statementAction.csv?.join(','));
    expect(lines).toHaveLength(items.length);
    for (const [n, item] of items.entries()) {
      const cells = flat({ ...item, currency: 'USD' }).filter(([name]) =>
        statementAction.csv?.includes(name),
      );
      expect(lines[n]).toMatchObject(Object.fromEntries(cells));
    }
  });

  it('ACC-11: keeps quotes, commas and emoji, and makes formulas in titles inactive', async () => {
    const lines = read(await (await ask('/accounts/me/statement', 'text/csv')).text());
    const guarded = TEXTS.map((text) => (/^[=+\-@]/.test(text) ? `'${text}` : text));
    const titles = lines.map((line) => line['reference.title']);
    expect(titles.toReversed()).toEqual(guarded);
    expect(lines.map(({ note }) => note).toReversed()).toEqual(guarded);
    // A negative amount is a number, not a formula.
    expect(lines.at(-2)?.amount).toBe('-5');
    expect(lines[0]?.balanceAfter).toBe('40');
  });

  it('ACC-11: is refused as the statement is', async () => {
    for (const [path, accept, status, code] of [
      [`/accounts/${JAY}/statement`, 'text/csv', 403, 'forbidden'],
      ['/accounts/me/statement?from=2026-02-30', 'text/csv', 422, 'validation_failed'],
      ['/accounts/me/statement', 'application/pdf', 406, 'not_acceptable'],
    ] as const) {
      const answer = await ask(path, accept);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(await answer.json()).toMatchObject({ code });
    }
  });
});

describe('the report of the company as CSV', () => {
  it('ACC-11: has the same content as JSON, and is for accountants and admins', async () => {
    const { items } = (await (await ask('/company', 'application/json', PIP, 'accountant')).json()) as {
      items: object[];
    };
    expect(items).toHaveLength(1);
    const lines = read(await (await ask('/company', 'text/csv', PIP, 'accountant')).text());
    expect(lines).toEqual(items.map((item) => Object.fromEntries(flat({ ...item, currency: 'USD' }))));
    expect((await ask('/company', 'text/csv')).status).toBe(403);
  });
});

describe('days over HTTP', () => {
  const get = async (path: string) => (await ask(path, 'application/json', PIP, 'accountant')).json();
  interface Day {
    readonly businessDay: string;
  }

  it.each(['/days', '/days/{today}/payouts'])('ACC-11: has %s as CSV with the same content', async (path) => {
    const { businessDay } = (await get('/days/today')) as Day;
    const url = path.replace('{today}', businessDay);
    const { items } = (await get(url)) as { items: object[] };
    expect(items.length).toBeGreaterThan(0);
    const lines = read(await (await ask(url, 'text/csv', PIP, 'accountant')).text());
    const [line = {}] = lines;
    const cells = items.map((item) => flat({ ...item, currency: 'USD' }).filter(([name]) => name in line));
    expect(lines).toMatchObject(cells.map((each) => Object.fromEntries(each)));
  });

  it('ACC-6: is refused with the new figures as `day`, if a close expects others', async () => {
    const { businessDay } = (await get('/days/today')) as Day;
    const close = async (body: object) =>
      fetch(`${root}/days/${businessDay}/close`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await issuer.token({ userId: PIP, roles: ['accountant'] })}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
      });
    const answer = await close({ expected: { payouts: 0, totalPaid: 0 } });
    const preview = await (await close({ dryRun: true })).json();
    expect([answer.status, await answer.json()]).toMatchObject([
      409,
      { code: 'day_changed', retryable: false, day: preview },
    ]);
    expect(await get(`/days/${businessDay}`)).toMatchObject({ status: 'open' });
  });
});

describe('a long statement as CSV', () => {
  const service = () => node.broker.getLocalService('accounting') as unknown as { database: Database };
  let database: Database;
  let asked: number;
  let running: number;
  let mostRows: number;
  beforeEach(() => {
    [asked, running, mostRows] = [0, 0, 0];
    database = service().database;
    service().database = {
      ...database,
      async rows<Row extends object>(sql: string, bind?: readonly unknown[]): Promise<Row[]> {
        asked += 1;
        running += 1;
        try {
          const rows = await database.rows<Row>(sql, bind);
          mostRows = Math.max(mostRows, rows.length);
          return rows;
        } finally {
          running -= 1;
        }
      },
    };
  });
  afterEach(() => {
    service().database = database;
  });

  it(`G27, ACC-11: streams ${LINES} lines and never reads more than a page at once`, async () => {
    const answer = await ask('/accounts/me/statement', 'text/csv', MANY);
    let [rows, last] = [0, ''];
    for await (const chunk of answer.body ?? []) {
      const text = Buffer.from(chunk).toString('latin1');
      rows += text.split('\r\n').length - 1;
      last = (last + text).slice(-1_000);
    }
    expect(rows).toBe(1 + LINES);
    const [second, first] = last.split('\r\n').slice(-3);
    expect(first).toMatch(/,bonus,1,1,/);
    expect(second).toMatch(/,bonus,1,2,.*,"two\nlines",,,USD$/);
    // The row after a page shows whether there is a next page.
    expect(mostRows).toBeLessThanOrEqual(MAX_PAGE_SIZE + 1);
    expect(asked).toBeGreaterThanOrEqual(LINES / MAX_PAGE_SIZE);
  });

  it('ACC-11: stops reading the database when its client has left', async () => {
    const reading = new AbortController();
    const token = await issuer.token({ userId: MANY });
    const answer = await fetch(`${root}/accounts/me/statement`, {
      headers: { accept: 'text/csv', authorization: `Bearer ${token}` },
      signal: reading.signal,
    });
    await answer.body?.getReader().read();
    reading.abort();
    let before = -1;
    await until(
      () => {
        const still = asked === before && running === 0;
        before = asked;
        return Promise.resolve(still);
      },
      { every: 200, what: 'the questions to end' },
    );
    expect(asked).toBeLessThan(LINES / MAX_PAGE_SIZE / 2);
  });
});
