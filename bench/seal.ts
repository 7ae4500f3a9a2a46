/**
 * What the seal of the journal costs: how fast a backlog is sealed and verified, and how fast lines
 * are booked with and without a sealer beside (in turn, as the machine's mood changes). Arguments:
 * lines of the journal (200000), seconds a round (2), rounds (20).
 */
import { setTimeout as delay } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { calendarOf } from '#mixins/calendar.ts';
import { addressesOf } from '#mixins/database/address.ts';
import { withClient } from '#mixins/database/client.ts';
import { type Books, openBooks } from '../services/accounting/books.fixture.ts';
import { openDueDays } from '../services/accounting/days/open-day.handler.ts';
import { Sealer, sealOnce } from '../services/accounting/seal/seal-journal.handler.ts';
import { verifyJournal } from '../services/accounting/seal/seal-verify.query.ts';
import { created } from '../services/accounting/tasks/task-history.fixture.ts';
import { employeeId, seedJournal, vacuum } from './support/journal-seed.ts';

const EMPLOYEES = 1_000;
const POSTERS = 4;
const BATCH = 250;
/** As the service's. */
const SEAL_EVERY_MS = 500;

export default async function bench([
  lines = '200000',
  seconds = '2',
  rounds = '20',
]: readonly string[]): Promise<void> {
  const books = await openBooks();
  try {
    await openDueDays(books.database, calendarOf(books.config));
    await seedJournal(books.database, Number(lines), EMPLOYEES);
    await vacuum(books.config);
    await sealBacklog(books);
    await verify(books);
    const rates = { off: [] as number[], on: [] as number[] };
    await round(books, 2, false);
    for (let n = 0; n < Number(rounds); n++) {
      const sealing = n % 2 === 1;
      rates[sealing ? 'on' : 'off'].push(await round(books, Number(seconds), sealing));
    }
    const [off, on] = [mean(rates.off), mean(rates.on)];
    console.log(
      `booking: ${off.toFixed(0)} lines/s without, ${on.toFixed(0)} with a sealer (${((on / off - 1) * 100).toFixed(1)} %)`,
    );
  } finally {
    await books.close();
  }
}

async function sealBacklog({ database }: Books): Promise<void> {
  const blocks: number[] = [];
  let postings = 0;
  for (;;) {
    const begun = performance.now();
    const pass = await sealOnce(database);
    if (pass.outcome !== 'sealed') break;
    blocks.push(performance.now() - begun);
    postings += pass.postings;
  }
  const ms = blocks.reduce((sum, each) => sum + each, 0);
  console.log(
    `sealing: ${Math.round((postings / ms) * 1_000)} lines/s, a block in ${median(blocks).toFixed(0)} ms (longest ${Math.max(...blocks).toFixed(0)})`,
  );
}

async function verify({ config }: Books): Promise<void> {
  const { reader } = addressesOf(config, 'accounting');
  const { found, postings, ms } = await withClient(reader, (client) => verifyJournal(client, null));
  const memory = Math.round(process.memoryUsage.rss() / 2 ** 20);
  console.log(
    `verifying: ${Math.round((postings / ms) * 1_000)} lines/s, ${found} findings, memory ${memory} MiB`,
  );
}

/** Books as fast as it goes; returns lines a second. */
async function round(books: Books, seconds: number, sealing: boolean): Promise<number> {
  const begun = performance.now();
  const until = begun + seconds * 1_000;
  let booked = 0;
  const posters = Array.from({ length: POSTERS }, async () => {
    while (performance.now() < until) {
      const batch = Array.from({ length: BATCH }, () =>
        created(uuidv7(), employeeId(Math.floor(Math.random() * EMPLOYEES))),
      );
      await books.book(batch);
      booked += BATCH;
    }
  });
  const sealer = sealing ? seal(books, until) : undefined;
  await Promise.all(posters);
  const rate = (booked / (performance.now() - begun)) * 1_000;
  const passes = await sealer;
  const [left] = await books.database.rows<{ count: number }>(
    'SELECT count(*) AS count FROM posting WHERE id > (SELECT max(last_position) FROM seal)',
  );
  const told =
    passes === undefined ? '' : `, ${passes} blocks, ${left?.count} lines not sealed when the round ended`;
  console.log(`  ${rate.toFixed(0)} lines/s ${sealing ? 'with' : 'without'} a sealer${told}`);
  if (!sealing) await sealRest(books);
  return rate;
}

async function seal({ database }: Books, until: number): Promise<number> {
  const sealer = new Sealer(database);
  for (let passes = 0; ; ) {
    const pass = await sealer.runOnce();
    if (pass.outcome === 'sealed') passes += 1;
    if (performance.now() > until) return passes;
    if (pass.outcome !== 'sealed' || !pass.full) await delay(SEAL_EVERY_MS);
  }
}

async function sealRest({ database }: Books): Promise<void> {
  while ((await sealOnce(database)).outcome === 'sealed');
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
