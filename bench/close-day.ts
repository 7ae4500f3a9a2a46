/**
 * How long the close of a day takes, and in how much memory: 100,000 employees with ten lines each
 * that day, two of three in credit. First alone, then the next day's close while two posters book:
 * how much slower they are, and how long a cut-over lasts under them; last, how long the figures of
 * a day with a million lines take to read. Arguments: employees (100000), lines a day of each (10).
 */
import { randomUUID } from 'node:crypto';
import { calendarOf } from '#mixins/calendar.ts';
import { type DatabaseMethods, databaseMixin } from '#mixins/database/database.mixin.ts';
import type { Database } from '#mixins/database/database.ts';
import { platformOf } from '#mixins/platform.ts';
import type { Books } from '../services/accounting/books.fixture.ts';
import { readOpenDay } from '../services/accounting/days/day.store.ts';
import { end, seedDay } from '../services/accounting/days/days.fixture.ts';
import { openDueDays } from '../services/accounting/days/open-day.handler.ts';
import { readCompany, showDay } from '../services/accounting/days/read-day.query.ts';
import { ACCOUNTS_A_CHUNK, closeOnce } from '../services/accounting/days/settle-day.handler.ts';
import { sealAll } from '../services/accounting/seal/seal.fixture.ts';
import { bookTasks } from '../services/accounting/tasks/book-tasks.handler.ts';
import { created } from '../services/accounting/tasks/task-history.fixture.ts';
import { startNode } from '../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../test/harness/config.ts';
import { employeeId, vacuum } from './support/journal-seed.ts';

const BATCH = 500;
const POSTERS = 2;

export default async function bench([people = '100000', lines = '10']: readonly string[]): Promise<void> {
  const config = testConfig({ databasePoolSize: 10 });
  try {
    const schema = databaseMixin({
      migrations: new URL('../services/accounting/migrations/', import.meta.url),
    });
    const node = await startNode(config, [{ name: 'accounting', mixins: [schema] }]);
    const { database } = node.broker.getLocalService('accounting') as unknown as DatabaseMethods;
    const books = { config, database, platform: platformOf(node.broker) } as unknown as Books;
    await openDueDays(database, calendarOf(config));
    const [count, each] = [Number(people), Number(lines)];
    const ids = Array.from({ length: count }, (_, n) => employeeId(n));

    const first = await openDay(database);
    await seedDay(database, first, ids, each);
    await vacuum(config);
    await readFigures(books, first, count * each);
    await measureRehearsal(books, first);
    await end(books, first);
    report('alone', await closeAll(books));

    const second = await openDay(database);
    await seedDay(database, second, ids, each);
    await vacuum(config);
    const posters = new Posters(books, count);
    const before = await posters.rateOver(5_000);
    const cutOver = performance.now();
    await end(books, second);
    console.log(`cut-over while ${POSTERS} post: ${(performance.now() - cutOver).toFixed(0)} ms`);
    posters.reset();
    report('while two post', await closeAll(books));
    const [during, longest] = [posters.rate(), posters.longestMs];
    await posters.stop();
    console.log(
      `posters: ${before} events/s before, ${during} while payouts are made (theirs among them); longest batch ${longest.toFixed(0)} ms`,
    );
    console.log(JSON.stringify(await showDay(database, config, second)));
    await node.stop();
  } finally {
    await dropNamespace(config);
  }
}

async function openDay(database: Database): Promise<string> {
  const { day } = await database.inTransaction(readOpenDay);
  if (day === null) throw new Error('No day is open');
  return day;
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ ms: number; result: Result }> {
  const begun = performance.now();
  const result = await work();
  return { ms: performance.now() - begun, result };
}

async function readFigures(books: Books, day: string, lines: number): Promise<void> {
  const { ms } = await timed(() => readCompany(books.database, books.config, { from: day, to: day }));
  console.log(`figures of the open day with ${lines} lines: ${ms.toFixed(1)} ms`);
}

async function measureRehearsal(books: Books, day: string): Promise<void> {
  const { ms, result } = await timed(() => end(books, day, true));
  console.log(`rehearsal: ${ms.toFixed(0)} ms, ${result.payouts} payouts of ${result.totalPaid}`);
}

interface Close {
  readonly ms: number;
  readonly chunks: readonly number[];
  readonly payouts: number;
  /** Heap and all memory of the process, in MiB, at each tenth of the way. */
  readonly heap: readonly number[];
  readonly rss: readonly number[];
}

async function closeAll({ database, config }: Books): Promise<Close> {
  const chunks: number[] = [];
  const [heap, rss]: [number[], number[]] = [[], []];
  let payouts = 0;
  const begun = performance.now();
  for (;;) {
    const { ms, result } = await timed(() => closeOnce(database, config));
    if (result.outcome === 'idle') return { ms: performance.now() - begun, chunks, payouts, heap, rss };
    // The seal has a bench of its own.
    if (result.outcome === 'waiting') await sealAll(database);
    if (result.outcome === 'settled') {
      chunks.push(ms);
      payouts += result.accounts;
    }
    if (chunks.length % 20 === 1 && result.outcome === 'settled') {
      const memory = process.memoryUsage();
      heap.push(Math.round(memory.heapUsed / 2 ** 20));
      rss.push(Math.round(memory.rss / 2 ** 20));
    }
  }
}

function report(what: string, { ms, chunks, payouts, heap, rss }: Close): void {
  const sorted = chunks.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0);
  console.log(
    `close ${what}: ${(ms / 1_000).toFixed(1)} s, ${payouts} payouts, ${Math.round((payouts / ms) * 1_000)} a second; ` +
      `${chunks.length} chunks of ${ACCOUNTS_A_CHUNK} accounts in ${at(0.5)} ms (median), ${at(0.99)} (99 %), ${at(1)} (longest)`,
  );
  console.log(`  heap ${heap.join(' ')} MiB; memory ${rss.join(' ')} MiB`);
}

/** Books batches for random employees until it is stopped. */
class Posters {
  longestMs = 0;
  #booked = 0;
  #since = performance.now();
  #working = true;
  readonly #work: Promise<unknown>;

  constructor(books: Books, people: number) {
    const post = async () => {
      while (this.#working) {
        const batch = Array.from({ length: BATCH }, () =>
          created(randomUUID(), employeeId(Math.floor(Math.random() * people))),
        );
        const { ms } = await timed(() =>
          books.database.inTransaction((tx) => bookTasks(batch, tx, books.platform)),
        );
        this.longestMs = Math.max(this.longestMs, ms);
        this.#booked += BATCH;
      }
    };
    this.#work = Promise.all(Array.from({ length: POSTERS }, post));
  }

  reset(): void {
    this.#booked = 0;
    this.longestMs = 0;
    this.#since = performance.now();
  }

  rate(): number {
    return Math.round((this.#booked / (performance.now() - this.#since)) * 1_000);
  }

  async rateOver(ms: number): Promise<number> {
    this.reset();
    await new Promise((resolve) => setTimeout(resolve, ms));
    return this.rate();
  }

  async stop(): Promise<void> {
    this.#working = false;
    await this.#work;
  }
}
