import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { calendarOf } from '#mixins/calendar.ts';
import { type Books, openBooks } from '../books.fixture.ts';
import { closeAll, end } from '../days/days.fixture.ts';
import { openDueDays } from '../days/open-day.handler.ts';
import { completed, created, fixtureId } from '../tasks/task-history.fixture.ts';
import { asIntruder, asReader, sealAll } from './seal.fixture.ts';
import { reportLines } from './seal-report.ts';
import { verifyJournal } from './seal-verify.query.ts';
import type { Finding, RecordedHead, Verification } from './seal-verify.ts';

const LINES = 23;
const BLOCK = 5;
const CLOSED = 12;

let books: Books;
let today: string;
let positions: number[];
let day: RecordedHead;
beforeAll(async () => {
  books = await openBooks();
  today = await openDueDays(books.database, calendarOf(books.config));
  // Positions with gaps, as rolled-back transactions leave them; a closed day and an open one.
  for (let n = 0; n < LINES; n++) {
    await books.database.rows(`SELECT nextval('posting_id_seq')`);
    const [task, employee] = [fixtureId(2, n >> 1), fixtureId(1, n % 3)];
    await books.book([n % 2 === 0 ? created(task, employee) : completed(task, 2, employee)]);
    if (n !== CLOSED) continue;
    await sealAll(books.database, BLOCK);
    await end(books, today);
    await closeAll(books);
  }
  await sealAll(books.database, BLOCK);
  const rows = await books.database.rows<{ id: number }>('SELECT id FROM posting ORDER BY id');
  positions = rows.map(({ id }) => id);
  const [closed] = await books.database.rows<RecordedHead>(
    'SELECT day::text AS day, head, entries FROM business_day WHERE closed_at IS NOT NULL',
  );
  if (closed === undefined) throw new Error('No day was closed');
  day = closed;
});
afterAll(() => books.close());

const verify = (published: readonly RecordedHead[] | null = null): Promise<Verification> =>
  asReader(books.config, (client) => verifyJournal(client, published));

/**
 * The findings after an intruder's statements on a copy of the tables. The changes are undone
 * afterwards.
 */
async function tampered(statements: readonly string[], published: readonly RecordedHead[] | null = null) {
  const tables = ['posting', 'entry', 'seal', 'account', 'business_day'];
  await asIntruder(books.config, ...tables.map((table) => `CREATE TABLE copy_${table} AS TABLE ${table}`));
  try {
    await asIntruder(books.config, ...statements);
    const result = await verify(published);
    expect(reportLines('a test', result, true).join('\n')).toContain('WAS TAMPERED WITH');
    return result;
  } finally {
    await asIntruder(
      books.config,
      ...tables.flatMap((table) => [
        `DELETE FROM ${table}`,
        `INSERT INTO ${table} TABLE copy_${table}`,
        `DROP TABLE copy_${table}`,
      ]),
    );
  }
}

const at = (index: number): number => positions[index] ?? Number.NaN;
const blockOf = (index: number): number => Math.floor(index / BLOCK) + 1;

describe('a journal without tampering', () => {
  it('ACC-8: is intact, with figures that can be checked', async () => {
    const result = await verify();
    expect(result.findings).toEqual([]);
    const [sums] = await books.database.rows(
      `SELECT (SELECT count(*) FROM posting) AS postings, (SELECT count(*) FROM entry) AS entries,
         (SELECT count(*) FROM seal) AS blocks, (SELECT count(*) FROM account) AS accounts`,
    );
    expect(result).toMatchObject({ ...sums, total: 0n, unsealed: 0, found: 0 });
    expect(result.days).toEqual([{ ...day, block: expect.any(Number), published: false }]);
    const text = reportLines('ates_accounting', result, 'NATS is away').join('\n');
    expect(text).toContain('The journal of ates_accounting is intact.');
    for (const figure of ['sum of entries  0', 'all sealed', day.head, 'all equal', 'NATS is away']) {
      expect(text).toContain(figure);
    }
  });

  it('ACC-8: is intact while its end is not sealed yet, and while others post', async () => {
    await books.book([created(fixtureId(2, 900), fixtureId(1, 1))]);
    const result = await verify();
    expect(result).toMatchObject({ found: 0, unsealed: 1, total: 0n });
    await sealAll(books.database);
    positions.push(
      ...(await books.database.rows<{ id: number }>('SELECT max(id) AS id FROM posting')).map(({ id }) => id),
    );
    expect(await verify()).toMatchObject({ found: 0, unsealed: 0 });
  });

  it('ACC-8: agrees with the heads that were published', async () => {
    expect((await verify([day, day])).findings).toEqual([]);
    expect((await verify([day])).days).toMatchObject([{ published: true }]);
  });
});

describe('an intruder who bypasses all triggers', () => {
  const N = 8;
  const changes: [what: string, sql: () => string[], kind: Finding['kind']][] = [
    [
      'changed amounts',
      () => [
        `UPDATE entry SET amount = amount * 2, balance_after = balance_after + amount WHERE posting_id = ${at(N)}`,
      ],
      'changed',
    ],
    [
      'changed the title of a reference',
      () => [`UPDATE posting SET reference_title = 'Other' WHERE id = ${at(N)}`],
      'changed',
    ],
    ['emptied a title', () => [`UPDATE posting SET reference_title = '' WHERE id = ${at(N)}`], 'changed'],
    [
      'changed when it was posted',
      () => [`UPDATE posting SET posted_at = posted_at + '1 us' WHERE id = ${at(N)}`],
      'changed',
    ],
    [
      'gave an entry to another account',
      () => [`UPDATE entry SET account_id = 5000 WHERE posting_id = ${at(N)} AND account_id >= 1000`],
      'changed',
    ],
    [
      'took away an entry',
      () => [`DELETE FROM entry WHERE posting_id = ${at(N)} AND account_id = 1`],
      'changed',
    ],
    [
      'added an entry',
      () => [
        `INSERT INTO entry (posting_id, account_id, amount, business_day) VALUES (${at(N)}, 2, 1, '${today}')`,
      ],
      'changed',
    ],
    [
      'removed a posting',
      () => [`DELETE FROM posting WHERE id = ${at(N)}`, `DELETE FROM entry WHERE posting_id = ${at(N)}`],
      'removed',
    ],
  ];

  it.each(changes)('ACC-8: who %s is detected, and the line is named', async (_, sql, kind) => {
    const { findings } = await tampered(sql());
    expect(findings[0]).toEqual({ kind, position: at(N), block: blockOf(N) });
  });

  const between = () => at(N) + 1;
  const insertPosting = () => `INSERT INTO posting (id, public_id, key, kind, business_day, occurred_at)
    VALUES (${between()}, gen_random_uuid(), 'forged', 'bonus', '${today}', now())`;
  const insertLegs = () => `INSERT INTO entry (posting_id, account_id, amount, business_day)
    VALUES (${between()}, 1, -500, '${today}'), (${between()}, 2, 500, '${today}')`;

  it.each([
    ['a posting', () => [insertPosting(), insertLegs()]],
    ['entries without a posting', () => [insertLegs()]],
    ['a posting without entries', () => [insertPosting()]],
  ])('ACC-8: who inserted %s between others is detected', async (_, sql) => {
    const { findings } = await tampered(sql());
    expect(findings[0]).toEqual({ kind: 'added', position: between(), block: blockOf(N + 1) });
  });

  it('ACC-8: who inserted a posting before all others is detected', async () => {
    const { findings } = await tampered([insertPosting().replace(`${between()}`, '-7')]);
    expect(findings[0]).toEqual({ kind: 'added', position: -7, block: 1 });
  });

  it.each([
    ['after all positions that were drawn', '5000000000000'],
    ['at the highest possible position', '9223372036854775807'],
    ['at the lowest possible position', '-9223372036854775808'],
  ])('ACC-8: who inserted a posting %s, where no block can follow, is detected', async (_, position) => {
    const forged = [insertPosting(), insertLegs()].map((sql) => sql.replaceAll(`${between()}`, position));
    const { findings, shown } = await tampered(forged.map((sql) => sql.replaceAll(today, '2999-01-01')));
    expect(findings).toEqual([{ kind: 'undrawn', position }]);
    expect(shown).toMatchObject({ key: 'forged' });
  });

  it('ACC-8: is detected by the first of many lines, which is shown', async () => {
    const result = await tampered([`UPDATE posting SET note = 'forged' WHERE id > ${at(3)}`]);
    expect(result.found).toBe(positions.length - 4);
    expect(result.findings).toHaveLength(Math.min(20, result.found));
    expect(result.findings[0]).toMatchObject({ kind: 'changed', position: at(4) });
    const [shown] = await books.database.rows<{ key: string }>(`SELECT key FROM posting WHERE id = ${at(4)}`);
    expect(result.shown).toMatchObject({ key: shown?.key, legs: [{}, {}] });
    expect(reportLines('a test', result, true).join('\n')).toContain(shown?.key);
  });

  it.each([
    ['a digest', `digests = set_byte(digests, 20, (get_byte(digests, 20) + 1) % 256)`],
    ['the hash', `hash = set_byte(hash, 0, (get_byte(hash, 0) + 1) % 256)`],
    ['the time', `sealed_at = sealed_at - interval '1 day'`],
    ['the last position', 'last_position = last_position + 1'],
    ['the number of entries', 'entries = entries + 2'],
  ])('ACC-8: who changed %s of a block is detected', async (_, set) => {
    const { findings } = await tampered([`UPDATE seal SET ${set} WHERE number = 2`]);
    expect(findings[0]).toMatchObject({ kind: 'block-changed', block: 2, first: at(BLOCK) });
  });

  it.each(['9007199254740993', '9223372036854775807', '-5'])(
    'ACC-8: who added a block that is in no chain is detected: %s',
    async (number) => {
      const columns = 'last_position, postings, entries, sealed_at, digests, hash';
      const { findings } = await tampered([
        'ALTER TABLE seal DROP CONSTRAINT seal_number_ck',
        `INSERT INTO seal (number, ${columns}) SELECT ${number}, ${columns} FROM seal WHERE number = 1`,
      ]).finally(() =>
        asIntruder(books.config, 'ALTER TABLE seal ADD CONSTRAINT seal_number_ck CHECK (number > 0)'),
      );
      expect(findings).toEqual([{ kind: 'block-stray', block: number }]);
    },
  );

  it('ACC-8: who extended a block up to the highest possible position is detected', async () => {
    const last = `'\\x7fffffffffffffff'::bytea FROM ${40 * (BLOCK - 1) + 1}`;
    const { findings } = await tampered([
      `UPDATE seal SET digests = overlay(digests PLACING ${last}) WHERE number = 2`,
    ]);
    expect(findings[0]).toMatchObject({ kind: 'block-changed', block: 2, first: at(BLOCK) });
  });

  it('ACC-8: cannot fake the report: control characters are shown escaped', async () => {
    const evil = 'a\u001b[2J\nThe journal of a test is intact.\u202e';
    const result = await tampered([
      `UPDATE posting SET key = '${evil}', kind = '${evil}', reference_title = '${evil}' WHERE id = ${at(0)}`,
      `UPDATE account SET owner_type = '${evil}', balance = 1 WHERE id = 1000`,
    ]);
    const lines = reportLines('a test', result, true);
    expect(lines.filter((line) => /[\p{Cc}\p{Cf}]/u.test(line))).toEqual([]);
    expect(lines.join('\n')).toContain('key a\\u{1b}[2J\\u{a}The journal');
  });

  it('ACC-8: who removed blocks is detected', async () => {
    const { findings } = await tampered(['DELETE FROM seal WHERE number IN (2, 3)']);
    expect(findings[0]).toEqual({ kind: 'blocks-removed', from: 2, to: 3 });
  });

  it('ACC-8: who removed the end of the chain is detected by the heads of days', async () => {
    const { findings } = await tampered(['DELETE FROM seal WHERE number > 1']);
    expect(findings).toMatchObject([{ kind: 'head-unknown', day: day.day }]);
  });

  it('ACC-8: who changed a line and its block is detected by the next block', async () => {
    const { findings } = await tampered([
      `UPDATE posting SET note = 'forged' WHERE id = ${at(N)}`,
      ...rewritten(blockOf(N), blockOf(N)),
    ]);
    expect(findings[0]).toMatchObject({ kind: 'block-changed', block: blockOf(N) + 1 });
  });

  it('ACC-8: who rewrote the whole seal is detected by the heads of days, both stored and published', async () => {
    const forged = [
      `UPDATE posting SET note = 'forged' WHERE id = ${at(2)}`,
      ...Array.from({ length: 20 }, (_, n) => rewritten(n + 1, n + 1)).flat(),
    ];
    const { findings } = await tampered(forged);
    expect(findings).toEqual([{ kind: 'head-unknown', day: day.day, head: day.head, published: false }]);
    const books2 = [
      ...forged,
      `UPDATE business_day SET head = (SELECT encode(hash, 'hex') FROM seal WHERE number = (
         SELECT number FROM copy_seal WHERE encode(hash, 'hex') = head)) WHERE closed_at IS NOT NULL`,
    ];
    expect((await tampered(books2, [day])).findings).toEqual([
      expect.objectContaining({ kind: 'head-differs', day: day.day, published: day.head }),
      { kind: 'head-unknown', day: day.day, head: day.head, published: true },
    ]);
  });

  it('ACC-8: who gave an account to another owner is detected, by its first line', async () => {
    const [pip, jay] = [fixtureId(1, 0), fixtureId(1, 1)];
    const { findings } = await tampered([
      `UPDATE account SET owner_type = 'swapped' WHERE owner_id = '${pip}'`,
      `UPDATE account SET owner_id = '${pip}' WHERE owner_id = '${jay}'`,
      `UPDATE account SET owner_id = '${jay}', owner_type = 'employee' WHERE owner_type = 'swapped'`,
    ]);
    const [first, second] = await books.database.rows<{ position: number }>(
      `SELECT posting_id AS position FROM entry JOIN account ON account.id = account_id
       WHERE account_sequence = 1 AND owner_id IN ('${pip}', '${jay}') ORDER BY posting_id`,
    );
    expect(findings).toMatchObject([
      { kind: 'changed', ...first },
      { kind: 'changed', ...second },
    ]);
  });

  it('ACC-8: who changed a balance is detected', async () => {
    const { findings } = await tampered([
      `UPDATE account SET balance = balance + 100 WHERE owner_id = '${fixtureId(1, 1)}'`,
    ]);
    expect(findings).toMatchObject([{ kind: 'balance', account: `employee/${fixtureId(1, 1)}` }]);
  });

  it('ACC-8: who changed a closed day is detected', async () => {
    expect(
      (await tampered([`UPDATE business_day SET entries = entries - 1 WHERE day = '${day.day}'`])).findings,
    ).toEqual([{ kind: 'day-entries', day: day.day, recorded: day.entries - 1, found: day.entries }]);
    expect(
      (await tampered([`UPDATE business_day SET closed_at = NULL WHERE day = '${day.day}'`], [day])).findings,
    ).toEqual([{ kind: 'day-not-closed', day: day.day }]);
    const moved = `UPDATE business_day SET head = (SELECT encode(hash, 'hex') FROM seal WHERE number = 1) WHERE day = '${day.day}'`;
    expect((await tampered([moved])).findings).toEqual([{ kind: 'day-beyond-head', day: day.day }]);
  });

  it('ACC-8: leaves the journal intact after undoing all changes', async () => {
    expect(await verify([day])).toMatchObject({ findings: [], total: 0n });
  });
});

/** Writes blocks anew from the current journal, as the sealer would have. */
function rewritten(from: number, to: number): string[] {
  return [
    `SET TimeZone = 'UTC'`,
    `UPDATE seal SET digests = (
       SELECT string_agg(int8send(posting.id) || sha256(convert_to(ROW(posting.id, public_id, key, kind, reference_type, reference_id,
         reference_title, reference_external_id, business_day, occurred_at, posted_at, note, by_id, by_name)::text || (
           SELECT string_agg(ROW(account_id, amount, business_day, account_sequence, balance_after, CASE WHEN account_sequence = 1
             THEN (SELECT owner_type || '/' || owner_id FROM account WHERE id = account_id) END)::text, '' ORDER BY account_id)
           FROM entry WHERE posting_id = posting.id), 'UTF8')), ''::bytea ORDER BY id)
       FROM posting WHERE id <= seal.last_position
         AND id > coalesce((SELECT last_position FROM seal AS before WHERE before.number = seal.number - 1), 0)
     ) WHERE number BETWEEN ${from} AND ${to}`,
    `UPDATE seal SET hash = sha256(
       coalesce((SELECT hash FROM seal AS before WHERE before.number = seal.number - 1), decode(repeat('00', 32), 'hex'))
       || convert_to(ROW(number, last_position, postings, entries, sealed_at)::text, 'UTF8') || digests
     ) WHERE number BETWEEN ${from} AND ${to}`,
  ];
}
