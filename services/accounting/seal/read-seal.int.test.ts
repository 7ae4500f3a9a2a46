import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { calendarOf } from '#mixins/calendar.ts';
import { type Books, openBooks } from '../books.fixture.ts';
import { openDueDays } from '../days/open-day.handler.ts';
import { created, fixtureId } from '../tasks/task-history.fixture.ts';
import { showBlock, showSeal } from './read-seal.query.ts';
import { sealAll } from './seal.fixture.ts';
import { GENESIS } from './seal.ts';
import { readHeadView } from './seal-view.store.ts';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
  await openDueDays(books.database, calendarOf(books.config));
});
afterAll(() => books.close());

let tasks = 0;
const book = (lines: number) =>
  books.book(Array.from({ length: lines }, () => created(fixtureId(2, ++tasks), fixtureId(1, 1))));

const HASH = /^[0-9a-f]{64}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

describe('the seal', () => {
  it('ACC-8: has no head before the first block, and counts what is not sealed', async () => {
    expect(await showSeal(books.database)).toEqual({ head: null, block: null, sealedAt: null, unsealed: 0 });
    await book(3);
    expect(await showSeal(books.database)).toMatchObject({ head: null, block: null, unsealed: 3 });
    await expect(showBlock(books.database, '1')).rejects.toMatchObject({ type: 'not_found', code: 404 });
  });

  it('ACC-8: shows its newest block as head, and the chain from the first block on', async () => {
    await sealAll(books.database);
    await book(2);
    await sealAll(books.database);
    await book(4);
    const seal = await showSeal(books.database);
    expect(seal).toEqual({
      head: expect.stringMatching(HASH),
      block: 2,
      sealedAt: expect.stringMatching(TIME),
      unsealed: 4,
    });
    const [first, second] = [await showBlock(books.database, '1'), await showBlock(books.database, '2')];
    expect(first).toEqual({
      number: 1,
      postings: 3,
      hash: expect.stringMatching(HASH),
      previousHash: GENESIS.toString('hex'),
      sealedAt: expect.stringMatching(TIME),
    });
    expect(second).toMatchObject({ number: 2, postings: 2, hash: seal.head, previousHash: first.hash });
  });

  it('counts unsealed postings up to a bound', async () => {
    expect((await readHeadView(books.database, 3)).unsealed).toBe(3);
  });

  it.each(['3', '9999999999999999'])('has no block %s', async (number) => {
    await expect(showBlock(books.database, number)).rejects.toMatchObject({ type: 'not_found' });
  });
});
