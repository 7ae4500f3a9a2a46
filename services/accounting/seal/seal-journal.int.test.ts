import { type ChildProcess, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { calendarOf } from '#mixins/calendar.ts';
import { sqlStateOf } from '#mixins/database/errors.ts';
import { until } from '../../../test/harness/wait.ts';
import { type Books, openBooks } from '../books.fixture.ts';
import { connectBooks, Died, dyingAt } from '../days/days.fixture.ts';
import { openDueDays } from '../days/open-day.handler.ts';
import { bookTasks } from '../tasks/book-tasks.handler.ts';
import { created, fixtureId } from '../tasks/task-history.fixture.ts';
import type { TaskDelivery } from '../tasks/task-postings.ts';
import { asIntruder, sealAll } from './seal.fixture.ts';
import { DIGEST, readBlock, SEALING_SESSION, sealedHead } from './seal.store.ts';
import { type Block, chained, GENESIS } from './seal.ts';
import { Sealer, sealOnce } from './seal-journal.handler.ts';

let books: Books;
let today: string;
beforeEach(async () => {
  books = await openBooks();
  today = await openDueDays(books.database, calendarOf(books.config));
});
afterEach(() => books.close());

let tasks = 0;
/** This number of tasks, each with its own employee, so that none waits for another's account. */
function fresh(count: number): TaskDelivery[] {
  const first = tasks;
  tasks += count;
  return Array.from({ length: count }, (_, n) => created(fixtureId(2, first + n), fixtureId(1, first + n)));
}

const book = (lines: number) => books.book(fresh(lines));

/**
 * Opens a connection of the owner that books one line in a transaction. The transaction stays open
 * until the caller ends it.
 */
async function openTransaction(): Promise<{
  position: number;
  end(how: 'COMMIT' | 'ROLLBACK'): Promise<void>;
}> {
  const [address] = await books.database.rows<{ name: string }>('SELECT current_database() AS name');
  const url = new URL(books.config.databaseUrl ?? '');
  url.pathname = `/${address?.name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query('BEGIN');
  const { rows } = await client.query<{ id: string }>(
    `WITH posted AS (
       INSERT INTO posting (public_id, key, kind, business_day, occurred_at)
       VALUES (gen_random_uuid(), gen_random_uuid(), 'test', '${today}', now()) RETURNING id
     ), entered AS (
       INSERT INTO entry (posting_id, account_id, amount, business_day)
       SELECT id, account, amount, '${today}' FROM posted, (VALUES (1, 5), (2, -5)) AS leg (account, amount)
     ) SELECT id FROM posted`,
  );
  return {
    position: Number(rows[0]?.id),
    async end(how) {
      await client.query(how);
      await client.end();
    },
  };
}

async function blocks(): Promise<Block[]> {
  return books.database.inTransaction(async (tx) => {
    await tx.rows(`SELECT ${SEALING_SESSION}`);
    const found: Block[] = [];
    for (let block = await readBlock(tx, 0); block !== undefined; block = await readBlock(tx, block.number)) {
      found.push(block);
    }
    return found;
  });
}

/** Positions in the order in which they were sealed. */
async function sealed(): Promise<number[]> {
  return (await blocks()).flatMap(({ digests }) =>
    Array.from({ length: digests.length / 40 }, (_, n) => Number(digests.readBigInt64BE(n * 40))),
  );
}

async function booked(): Promise<number[]> {
  const rows = await books.database.rows<{ id: number }>('SELECT id FROM posting ORDER BY id');
  return rows.map(({ id }) => id);
}

async function expectSound(): Promise<void> {
  let hash: Buffer = GENESIS;
  for (const [n, block] of (await blocks()).entries()) {
    expect(block.number).toBe(n + 1);
    hash = chained(hash, block);
    expect(block.hash).toEqual(hash);
  }
  expect(await sealed()).toEqual(await booked());
}

describe('a journal', () => {
  it('ACC-8: is sealed in blocks, in order of position, each hashed with the hash of the block before', async () => {
    await book(7);
    expect(await sealOnce(books.database, null, 3)).toEqual({ outcome: 'sealed', postings: 3, full: true });
    expect(await sealAll(books.database, 3)).toBe(4);
    expect((await blocks()).map(({ digests }) => digests.length / 40)).toEqual([3, 3, 1]);
    await expectSound();
    expect(await sealOnce(books.database)).toEqual({ outcome: 'idle' });
  });

  it("ACC-8: has the same text whatever the session's format of times and dates is", async () => {
    await book(2);
    await books.asOwner(`ALTER DATABASE ${books.config.namespace}_accounting SET TimeZone = 'Asia/Kolkata'`);
    await books.asOwner(`ALTER DATABASE ${books.config.namespace}_accounting SET DateStyle = 'German'`);
    const other = await connectBooks(books.config);
    try {
      await sealAll(other.database);
      await expectSound();
    } finally {
      await other.disconnect();
    }
  });

  it('ACC-8: is sealed no further than positions were drawn', async () => {
    await book(1);
    await books.asOwner(
      `WITH posted AS (
         INSERT INTO posting (id, public_id, key, kind, business_day, occurred_at)
         VALUES (1000, gen_random_uuid(), 'chosen', 'test', '${today}', now())
       ) INSERT INTO entry (posting_id, account_id, amount, business_day)
       VALUES (1000, 1, 5, '${today}'), (1000, 2, -5, '${today}')`,
    );
    expect(await sealAll(books.database)).toBe(1);
    await book(3);
    expect(await sealAll(books.database)).toBe(3);
  });
});

describe('a transaction that has drawn a position and is open', () => {
  it.each(['COMMIT', 'ROLLBACK'] as const)(
    'ACC-8: delays the seal before it and is never skipped: %s',
    async (how) => {
      const open = await openTransaction();
      await book(3);
      const first = await sealOnce(books.database);
      if (first.outcome !== 'waiting') throw new Error(`It was ${first.outcome}`);
      expect(first.fence.upTo).toBe(open.position + 3);
      await book(2);
      expect(await sealOnce(books.database, first.fence)).toEqual(first);
      expect(await sealed()).toEqual([]);
      await open.end(how);
      // Up to the fence, without lines that were booked after it.
      const postings = how === 'COMMIT' ? 4 : 3;
      expect(await sealOnce(books.database, first.fence)).toEqual({
        outcome: 'sealed',
        postings,
        full: false,
      });
      await sealAll(books.database);
      await expectSound();
    },
  );

  it('ACC-8: once over, no longer delays positions before the next fence, whoever posts meanwhile', async () => {
    const early = await openTransaction();
    await book(1);
    const pass = await sealOnce(books.database);
    const late = await openTransaction();
    await early.end('COMMIT');
    expect(pass.outcome === 'waiting' && (await sealOnce(books.database, pass.fence))).toMatchObject({
      postings: 2,
    });
    await late.end('COMMIT');
    await sealAll(books.database);
    await expectSound();
  });

  it('ACC-8: does not matter in another database', async () => {
    const other = await openBooks();
    try {
      const day = await openDueDays(other.database, calendarOf(other.config));
      await book(1);
      await other.asOwner('BEGIN');
      await other.asOwner(
        `INSERT INTO price (reference_type, reference_id, fee, reward, currency)
         VALUES ('task', gen_random_uuid(), 1, 1, 'USD')`,
      );
      expect(day).toBe(today);
      expect(await sealOnce(books.database)).toMatchObject({ outcome: 'sealed' });
      await other.asOwner('ROLLBACK');
    } finally {
      await other.close();
    }
  });

  it('ACC-8: is named while it is open', async () => {
    const open = await openTransaction();
    await book(1);
    const sealer = new Sealer(books.database);
    for (let pass = 1; pass <= 2; pass++) {
      expect(await sealer.runOnce()).toMatchObject({
        outcome: 'waiting',
        fence: { writers: [expect.any(String)] },
      });
    }
    await open.end('COMMIT');
    expect(await sealer.runOnce()).toMatchObject({ outcome: 'sealed', postings: 2 });
  });
});

describe('a posting behind the seal', () => {
  it('ACC-8: is refused, as are more entries of a sealed one; a retry draws a new position', async () => {
    await book(1);
    const [drawn] = await books.database.rows<{ id: number }>(`SELECT nextval('posting_id_seq') AS id`);
    await book(1);
    await sealAll(books.database);
    const id = drawn?.id;
    const whole = `WITH posted AS (
        INSERT INTO posting (id, public_id, key, kind, business_day, occurred_at)
        VALUES (${id}, gen_random_uuid(), 'late', 'test', '${today}', now())
      ) INSERT INTO entry (posting_id, account_id, amount, business_day)
      VALUES (${id}, 1, 5, '${today}'), (${id}, 2, -5, '${today}')`;
    const [first] = await booked();
    const more = `INSERT INTO account (id, owner_type, owner_id) VALUES (3, 'house', gen_random_uuid()), (4, 'house', gen_random_uuid())`;
    await books.asOwner(more);
    const added = `INSERT INTO entry (posting_id, account_id, amount, business_day)
      VALUES (${first}, 3, 5, '${today}'), (${first}, 4, -5, '${today}')`;
    for (const sql of [whole, added]) {
      const attempt = books.database.inTransaction((tx) => tx.run(sql));
      // The error is retryable, so the event is not dead-lettered.
      expect(sqlStateOf(await attempt.catch((reason: unknown) => reason))).toBe('40001');
    }
    await book(1);
    await sealAll(books.database);
    await expectSound();
  });
});

describe('the seal itself', () => {
  it('ACC-8: is only inserted and read, for the service and for its owner', async () => {
    await book(1);
    await sealAll(books.database);
    const before = await blocks();
    for (const sql of [`UPDATE seal SET postings = 1`, 'DELETE FROM seal', 'TRUNCATE seal']) {
      const refused = books.database.inTransaction((tx) => tx.run(sql));
      expect(sqlStateOf(await refused.catch((reason: unknown) => reason))).toBe('42501');
      expect(sqlStateOf(await books.asOwner(sql).catch((reason: unknown) => reason))).toBe('23001');
    }
    expect(await blocks()).toEqual(before);
  });
});

describe('the head of a day', () => {
  it('ACC-8: exists once all its entries are sealed', async () => {
    expect(await sealedHead(books.database, today)).toEqual({ head: GENESIS.toString('hex'), entries: 0 });
    await book(3);
    expect(await sealedHead(books.database, today)).toBeNull();
    await sealAll(books.database);
    const last = (await blocks()).at(-1);
    expect(await sealedHead(books.database, today)).toEqual({ head: last?.hash.toString('hex'), entries: 6 });
    // Entries of another day do not matter.
    await book(1);
    expect(await sealedHead(books.database, '2020-01-01')).toMatchObject({ entries: 0 });
  });
});

describe('sealers that race and die', () => {
  it('ACC-8: two at a time make one chain', async () => {
    const other = await connectBooks(books.config);
    try {
      await book(60);
      await Promise.all([books.database, other.database, books.database].map((each) => sealAll(each, 2)));
      expect(await sealAll(books.database)).toBe(0);
      await expectSound();
      expect((await blocks()).length).toBe(30);
    } finally {
      await other.disconnect();
    }
  });

  it('ACC-8: one that dies at any statement leaves whole blocks', async () => {
    await book(4);
    for (let step = 1; ; step++) {
      const pass = await sealOnce(dyingAt(books.database, step), null, 2).catch((error: unknown) => {
        if (!(error instanceof Died)) throw error;
      });
      if (pass !== undefined) break;
      expect(await sealed()).toEqual([]);
    }
    await sealAll(books.database);
    await expectSound();
  });

  it('ACC-8: nothing is skipped while many post, in transactions of any length', async () => {
    let posting = true;
    const sealers = [new Sealer(books.database), new Sealer(books.database)].map(async (sealer) => {
      while (posting) {
        await sealer.runOnce();
        await delay(1);
      }
    });
    const posters = Array.from({ length: 6 }, async (_, n) => {
      for (let round = 0; round < 25; round++) {
        const batch = fresh(3);
        // Each keeps its position uncommitted for a while, or rolls back.
        await books.database
          .inTransaction(async (tx) => {
            await bookTasks(batch, tx, books.platform);
            await delay((n * 7 + round * 3) % 40);
            if ((n + round) % 5 === 0) throw new Died();
          })
          .catch((error: unknown) => {
            if (!(error instanceof Died)) throw error;
          });
      }
    });
    await Promise.all(posters);
    posting = false;
    await Promise.all(sealers);
    await sealAll(books.database);
    expect((await booked()).length).toBe(6 * 20 * 3);
    await expectSound();
  });

  it('ACC-8, FAIL-5: kill -9 leaves whole blocks, and the next sealer continues', async () => {
    const script = fileURLToPath(new URL('./sealer.fixture.ts', import.meta.url));
    const { databaseUrl, namespace } = books.config;
    const nodes: ChildProcess[] = [];
    try {
      for (let kills = 0; kills < 4; kills++) {
        const before = (await blocks()).length;
        const node = spawn(process.execPath, [script, databaseUrl ?? '', namespace], { stdio: 'inherit' });
        nodes.push(node);
        await until(
          async () => {
            await book(5);
            return (await blocks()).length > before + kills;
          },
          { within: 30_000, every: 1, what: 'more blocks' },
        );
        const exit = once(node, 'exit');
        node.kill('SIGKILL');
        await exit;
      }
      await sealAll(books.database);
      await expectSound();
    } finally {
      for (const node of nodes) node.kill('SIGKILL');
    }
  });
});

describe('the text that is sealed', () => {
  it('ACC-8: must never change: a change breaks every existing seal', async () => {
    const [owner, task] = [fixtureId(1, 7), fixtureId(2, 7)];
    const time = '2026-03-01 12:00:00.123456+00';
    await asIntruder(
      books.config,
      `INSERT INTO account (id, owner_type, owner_id, balance) OVERRIDING SYSTEM VALUE VALUES (5000, 'employee', '${owner}', -1050)`,
      `INSERT INTO posting (id, public_id, key, kind, reference_type, reference_id, reference_title, reference_external_id,
         business_day, occurred_at, posted_at, note, by_id, by_name)
       VALUES (7, '${task}', 'charge:7', 'fee', 'task', '${task}', 'Wash, "the" (cage)', 'POPUG-7', '2026-03-01', '${time}', '${time}',
         NULL, '${owner}', 'Mia')`,
      `INSERT INTO entry (posting_id, account_id, amount, business_day, account_sequence, balance_after)
       VALUES (7, 5000, -1050, '2026-03-01', 1, -1050), (7, 1, 1050, '2026-03-01', NULL, NULL)`,
    );
    const digests = await books.database.inTransaction(async (tx) => {
      await tx.rows(`SELECT ${SEALING_SESSION}`);
      return tx.rows(`SELECT position, encode(hash, 'hex') AS hash FROM (${DIGEST}) AS digest`, [0, 7]);
    });
    const text = [
      `(7,${task},charge:7,fee,task,${task},"Wash, ""the"" (cage)",POPUG-7,2026-03-01,"${time}","${time}",,${owner},Mia)`,
      '(1,1050,2026-03-01,,,)',
      `(5000,-1050,2026-03-01,1,-1050,employee/${owner})`,
    ];
    expect(digests).toEqual([{ position: 7, hash: hash('sha256', text.join('')) }]);
  });
});
