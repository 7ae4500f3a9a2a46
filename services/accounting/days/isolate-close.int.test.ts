/** The close of a day on which one account cannot be paid. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { calendarOf, dayAfter } from '#mixins/calendar.ts';
import { listDeadLetters } from '#mixins/consumer/dead-letters.store.ts';
import { type DeadLetterSource, discard, redrive } from '#mixins/consumer/dead-letters.ts';
import { sqlStateOf } from '#mixins/database/errors.ts';
import { impatient } from '#mixins/loops/failing.fixture.ts';
import type { Isolation } from '#mixins/loops/isolation.ts';
import { Loops } from '#mixins/loops/loops.ts';
import { causeOf } from '#mixins/outbox/outbox.fixture.ts';
import { reading } from '#mixins/reconciliation/facts.store.ts';
import type { Difference } from '#schemas/reconciliation.ts';
import { type Books, brokenInvariants, linesOf, openBooks } from '../books.fixture.ts';
import { accountingChecks } from '../reconciliation/reconcile-checks.store.ts';
import { sealAll } from '../seal/seal.fixture.ts';
import { fixtureId } from '../tasks/task-history.fixture.ts';
import { bookAll, end, give, postingRequest } from './days.fixture.ts';
import { openDueDays } from './open-day.handler.ts';
import { showDay } from './read-day.query.ts';
import { type ClosePass, closeWork } from './settle-day.handler.ts';

const log = { info() {}, warn() {}, error() {} };
const OPERATOR = causeOf('operator:pip@perch');
const PEOPLE = Array.from({ length: 20 }, (_, n) => fixtureId(1, n + 1));
const JAY = fixtureId(1, 13);
/** Accounts of a pass: so few that the bad one is ahead of a chunk first. */
const MOST = 8;

let books: Books;
let today: string;
let loops: Loops;
let isolated: Isolation<ClosePass>;

beforeEach(async () => {
  books = await openBooks();
  today = await openDueDays(books.database, calendarOf(books.config));
  loops = new Loops({ service: 'accounting', log });
  isolated = loops.isolate(closeWork(books.database, books.config, MOST));
  await books.asOwner(
    `ALTER TABLE posting ADD CONSTRAINT luck CHECK (key NOT LIKE 'payout:${JAY}:%') NOT VALID`,
  );
  await bookAll(
    books,
    PEOPLE.map((id) => postingRequest(id, 700)),
  );
  await end(books, today);
  await closeAll();
});
afterEach(async () => {
  // Except for the broken accounts themselves, nothing may be wrong.
  const broken = (await brokenInvariants(books.database)) as { what: string }[];
  expect(broken.filter(({ what }) => !/^account \d+ ends day \S+ with (?:7[05]0|50)$/.test(what))).toEqual(
    [],
  );
  await books.close();
});

const mend = () => books.asOwner('ALTER TABLE posting DROP CONSTRAINT luck');
const deadLetters = () => listDeadLetters(books.database, { status: 'open', limit: 100 });
const show = (day: string) => showDay(books.database, books.config, day);
const keysOf = async (owner: string) =>
  (await linesOf(books.database, owner)).map(({ key }) => key.replace(/^request:.*/, 'request'));
const source = (): DeadLetterSource => ({
  database: books.database,
  contextOf: () => undefined,
  workOf: (name) => loops.work(name),
});

/** The differences that the checks of accounting find. */
async function differences(): Promise<Difference[]> {
  const pages = await Promise.all(
    Object.values(accountingChecks).map((check) => reading(books.database, (tx) => check(tx, null))),
  );
  return pages.flatMap((page) => page.differences);
}

/** Makes passes until every day is closed. Returns the errors of passes that were retried. */
async function closeAll(): Promise<unknown[]> {
  const errors: unknown[] = [];
  for (let pass = 0; pass < 100; pass++) {
    try {
      const { outcome } = await isolated.runOnce();
      if (outcome === 'idle') return errors;
      if (outcome === 'waiting') await sealAll(books.database);
    } catch (error) {
      errors.push(error);
    }
  }
  throw new Error('The close does not end');
}

describe('an account that cannot be paid', () => {
  it('A1, FAIL-3, ACC-5: is dead-lettered and keeps its balance; everybody else is paid, and the day is closed', async () => {
    expect(await show(today)).toMatchObject({ status: 'closed', payouts: 19, totalPaid: 19 * 700 });
    expect(await keysOf(JAY)).toEqual(['request']);
    expect(await keysOf(fixtureId(1, 20))).toEqual(['request', `payout:${fixtureId(1, 20)}:${today}`]);
    expect(await deadLetters()).toMatchObject([
      {
        consumer: 'accounting-close',
        eventKey: `payout:${JAY}:${today}`,
        type: 'accounting.payout',
        subject: `account/${JAY}`,
        code: '23514',
      },
    ]);
  });

  it('A1, FAIL-3: can be posted to, and the next close pays all of its balance once the reason is gone', async () => {
    await give(books, JAY, 50);
    await mend();
    const next = dayAfter(today);
    await end(books, next);
    await closeAll();
    expect(await keysOf(JAY)).toEqual(['request', 'request', `payout:${JAY}:${next}`]);
    expect(await show(next)).toMatchObject({ status: 'closed', payouts: 1, totalPaid: 750 });
  });

  it('A1, FAIL-3: is dead-lettered again by the next close while the reason remains', async () => {
    const next = dayAfter(today);
    await end(books, next);
    await closeAll();
    expect(await show(next)).toMatchObject({ status: 'closed', payouts: 0 });
    expect((await deadLetters()).map(({ eventKey }) => eventKey)).toEqual([
      `payout:${JAY}:${next}`,
      `payout:${JAY}:${today}`,
    ]);
  });

  it('A1, FAIL-3: is paid by a redrive if a later day has ended, otherwise by the next close', async () => {
    const [deadLetter] = await deadLetters();
    const next = dayAfter(today);
    await end(books, next);
    await expect(redrive(source(), deadLetter?.id ?? '', OPERATOR)).rejects.toThrow(/luck/);
    expect(await keysOf(JAY)).toEqual(['request']);
    await mend();
    await redrive(source(), deadLetter?.id ?? '', OPERATOR);
    expect(await keysOf(JAY)).toEqual(['request', `payout:${JAY}:${next}`]);
    await closeAll();
    expect(await show(next)).toMatchObject({ status: 'closed', payouts: 1, totalPaid: 700 });
  });

  it('A2, ANA-6: is the only difference until its dead letter is settled', async () => {
    const [deadLetter] = await deadLetters();
    expect(await differences()).toEqual([
      {
        code: 'payout_unpaid',
        message: `The close of ${today} could not pay ${JAY}; the balance is carried over`,
        businessDay: today,
        ownerId: JAY,
      },
    ]);
    await discard(source(), deadLetter?.id ?? '', OPERATOR, 'paid by hand');
    expect(await deadLetters()).toEqual([]);
    expect(await differences()).toEqual([]);
    expect(await keysOf(JAY)).toEqual(['request']);
  });
});

describe('an account that another transaction keeps locked', () => {
  const KITE = fixtureId(1, 7);

  it('A1, FAIL-3, ACC-5: is dead-lettered after a while; all others are paid, and the next close pays it', async () => {
    await mend();
    for (const id of PEOPLE) await give(books, id, 50);
    const next = dayAfter(today);
    await end(books, next);
    isolated = loops.isolate(closeWork(impatient(books.database), books.config, MOST));
    await books.asOwner(`BEGIN; SELECT FROM account WHERE owner_id = '${KITE}' FOR UPDATE`);
    const errors = await closeAll();
    await books.asOwner('ROLLBACK');
    expect(new Set(errors.map(sqlStateOf))).toEqual(new Set(['55P03']));
    // All but Kite are paid. Jay also gets what the first close could not pay.
    const paid = 18 * 50 + 750;
    expect(await show(next)).toMatchObject({ status: 'closed', payouts: 19, totalPaid: paid });
    expect((await deadLetters())[0]).toMatchObject({ eventKey: `payout:${KITE}:${next}`, code: '55P03' });
    const later = dayAfter(next);
    await end(books, later);
    await closeAll();
    expect(await show(later)).toMatchObject({ status: 'closed', payouts: 1, totalPaid: 50 });
  });
});

describe('a day that has ended', () => {
  it('A2, ANA-6: is a difference if it is not closed for five minutes', async () => {
    const next = dayAfter(today);
    await end(books, next);
    const late = { code: 'day_unclosed', businessDay: next };
    expect(await differences()).not.toContainEqual(expect.objectContaining(late));
    await books.asOwner(
      `UPDATE business_day SET opened_at = opened_at - interval '6 minutes', ended_at = ended_at - interval '6 minutes' WHERE day = '${next}'`,
    );
    expect(await differences()).toContainEqual(expect.objectContaining(late));
    await closeAll();
    expect(await differences()).not.toContainEqual(expect.objectContaining(late));
  });
});
