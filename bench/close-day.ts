/**
 * How long the close of a day takes, and in how much memory: 100,000 employees with ten lines each
 * that day, two of three in credit. First alone, then the next day's close while two other processes
 * book: how much slower they are, and how long a cut-over lasts under them; last, how long the
 * figures of a day with a million lines take to read. As on a node, the sealer runs beside the
 * close. Arguments: employees (100000), lines a day of each (10).
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
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
import { Sealer } from '../services/accounting/seal/seal-journal.handler.ts';
import { startNode } from '../test/harness/broker.ts';
import { dropNamespace, testConfig } from '../test/harness/config.ts';
import { employeeId, vacuum } from './support/journal-seed.ts';
import type { Posted } from './support/poster.ts';

const POSTERS = 2;
/** The first batches of a poster measure its compiler. */
const WARM_UP_MS = 3_000;
const BEFORE_MS = 5_000;
/** As long as a node waits before it seals new postings (accounting.worker.ts). */
const SEAL_AFTER_MS = 500;
/** How soon a close looks again that waits for the seal. */
const LOOK_MS = 10;

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
    report('alone', await closeAll(books, new Sealing(database)));

    const second = await openDay(database);
    await seedDay(database, second, ids, each);
    await vacuum(config);
    const posters = new Posters(books, count);
    const sealing = new Sealing(database);
    await posters.rateOver(WARM_UP_MS);
    const before = await posters.rateOver(BEFORE_MS);
    const cutOver = performance.now();
    await end(books, second);
    console.log(`cut-over while ${POSTERS} post: ${(performance.now() - cutOver).toFixed(0)} ms`);
    posters.reset();
    const close = await closeAll(books, sealing);
    const [during, longest] = [posters.rate(), posters.longestMs];
    await posters.stop();
    report('while two post', close);
    console.log(
      `posters: ${before} events/s before, ${during} (${Math.round((100 * during) / before)} %) while payouts are made (theirs among them); longest batch ${longest.toFixed(0)} ms`,
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

async function closeAll({ database, config }: Books, sealing: Sealing): Promise<Close> {
  const chunks: number[] = [];
  const [heap, rss]: [number[], number[]] = [[], []];
  let payouts = 0;
  const begun = performance.now();
  for (;;) {
    const { ms, result } = await timed(() => closeOnce(database, config));
    if (result.outcome === 'idle') break;
    if (result.outcome === 'waiting') {
      sealing.want();
      await delay(LOOK_MS);
    }
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
  const ms = performance.now() - begun;
  await sealing.stop();
  return { ms, chunks, payouts, heap, rss };
}

/** Seals what was posted, as the sealer of a node does, until it is stopped. */
class Sealing {
  #working = true;
  #want = () => {};
  readonly #work: Promise<void>;

  constructor(database: Database) {
    this.#work = this.#run(new Sealer(database));
  }

  async #run(sealer: Sealer): Promise<void> {
    while (this.#working) {
      const wanted = new Promise<void>((resolve) => {
        this.#want = resolve;
      });
      const pass = await sealer.runOnce();
      if (pass.outcome !== 'sealed' || !pass.full) await Promise.race([wanted, delay(SEAL_AFTER_MS)]);
    }
  }

  /** Does not wait for more postings. */
  want(): void {
    this.#want();
  }

  async stop(): Promise<void> {
    this.#working = false;
    this.#want();
    await this.#work;
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

/** Processes that book batches for random employees until they are stopped. */
class Posters {
  longestMs = 0;
  #booked = 0;
  #since = performance.now();
  readonly #nodes: readonly ChildProcess[];

  constructor({ config: { databaseUrl, namespace } }: Books, people: number) {
    const script = fileURLToPath(new URL('./support/poster.ts', import.meta.url));
    this.#nodes = Array.from({ length: POSTERS }, () =>
      fork(script, [databaseUrl ?? '', namespace, String(people)]).on('message', (message) => {
        const { events, ms } = message as Posted;
        this.longestMs = Math.max(this.longestMs, ms);
        this.#booked += events;
      }),
    );
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
    await delay(ms);
    return this.rate();
  }

  async stop(): Promise<void> {
    const ended = this.#nodes.map((node) => once(node, 'exit'));
    for (const node of this.#nodes) node.disconnect();
    await Promise.all(ended);
  }
}
