/** Toy consumers that test the harness and the mixin without a real service. */
import { type Delivery, defineConsumer } from '#mixins/consumer/definition.ts';
import type { Database, Tx } from '#mixins/database/database.ts';
import { defineEvent, uuid } from '#schemas/event.ts';
import { type ConsumerFixtures, type FixtureEvent, fixtureEvent } from './fixture.ts';

/** The service of the toys, and the stream that they read. */
export const TOY_SERVICE = 'toys';
export const TOY_MIGRATIONS = new URL('./toy-migrations/', import.meta.url);

export const parrotFed = defineEvent({
  type: 'toys.parrot.fed.v1',
  aggregate: 'parrot',
  fields: [
    { name: 'parrotId', type: uuid },
    { name: 'seeds', type: 'long' },
  ],
});

export const parrotRenamed = defineEvent({
  type: 'toys.parrot.renamed.v1',
  aggregate: 'parrot',
  fields: [
    { name: 'parrotId', type: uuid },
    { name: 'name', type: 'string' },
  ],
});

export type Fed = Delivery<typeof parrotFed>;
export type Renamed = Delivery<typeof parrotRenamed>;

export const keyOf = (fed: Pick<Fed, 'aggregateId' | 'sequence'>) =>
  `feeding:${fed.aggregateId}:${fed.sequence}`;

/** Makes the totals' rows and locks them in the order of their ids. */
export async function lockTotals(batch: readonly Fed[], tx: Tx): Promise<void> {
  const ids = [...new Set(batch.map(({ data }) => data.parrotId))];
  await tx.run(
    'INSERT INTO parrot_total (id) SELECT * FROM unnest($1::text[]) ORDER BY 1 ON CONFLICT DO NOTHING',
    [ids],
  );
  await tx.rows('SELECT id FROM parrot_total WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE', [ids]);
}

/** Adds feedings to the totals. They must be new. */
export async function addFeedings(fresh: readonly Fed[], keys: readonly string[], tx: Tx): Promise<void> {
  const ids = fresh.map(({ data }) => data.parrotId);
  const seeds = fresh.map(({ data }) => data.seeds);
  await tx.run('INSERT INTO feeding SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])', [
    keys,
    ids,
    seeds,
  ]);
  await tx.run(
    `UPDATE parrot_total SET seeds = parrot_total.seeds + more.seeds
     FROM (SELECT id, sum(seeds) AS seeds FROM unnest($1::text[], $2::bigint[]) AS fed (id, seeds) GROUP BY id) AS more
     WHERE parrot_total.id = more.id`,
    [ids, seeds],
  );
}

async function countFeedings(batch: readonly Fed[], tx: Tx): Promise<void> {
  await lockTotals(batch, tx);
  const rows = await tx.rows<{ key: string }>('SELECT key FROM feeding WHERE key = ANY($1::text[])', [
    batch.map(keyOf),
  ]);
  const known = new Set(rows.map(({ key }) => key));
  const fresh = batch.filter((fed) => !known.has(keyOf(fed)));
  await addFeedings(fresh, fresh.map(keyOf), tx);
}

async function copyNames(batch: readonly Renamed[], tx: Tx): Promise<void> {
  await tx.run(
    `INSERT INTO parrot_name SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ORDER BY 1
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, version = excluded.version WHERE parrot_name.version < excluded.version`,
    [
      batch.map(({ data }) => data.parrotId),
      batch.map(({ data }) => data.name),
      batch.map(({ sequence }) => sequence),
    ],
  );
}

/**
 * Neither idempotent nor commutative: correct only if every version is handled once and in order.
 */
export async function writeDiaries(batch: readonly Fed[], tx: Tx): Promise<void> {
  for (const { data, sequence } of batch) {
    await tx.run(
      `INSERT INTO parrot_diary VALUES ($1, $2)
       ON CONFLICT (id) DO UPDATE SET diary = parrot_diary.diary || ' ' || excluded.diary`,
      [data.parrotId, `${sequence}:${data.seeds}`],
    );
  }
}

export const toyConsumers = {
  feedings: defineConsumer({
    stream: TOY_SERVICE,
    order: 'keyed',
    reads: [parrotFed],
    handle: countFeedings,
  }),
  names: defineConsumer({ stream: TOY_SERVICE, order: 'newest', reads: [parrotRenamed], handle: copyNames }),
};

export const parrot = (n: number) => `0195b000-0000-7000-8000-${String(n).padStart(12, '0')}`;
export const fed = (n: number, sequence: number, seeds: number): FixtureEvent =>
  fixtureEvent(parrotFed, parrot(n), sequence, { parrotId: parrot(n), seeds });
export const renamed = (n: number, sequence: number, name: string): FixtureEvent =>
  fixtureEvent(parrotRenamed, parrot(n), sequence, { parrotId: parrot(n), name });

function events(): FixtureEvent[] {
  return Array.from({ length: 8 }, (_, step) => step + 1).flatMap((sequence) =>
    [1, 2, 3, 4].map((n) =>
      (sequence + n) % 3 === 0
        ? renamed(n, sequence, `Parrot ${n}/${sequence}`)
        : fed(n, sequence, 10 * n + sequence),
    ),
  );
}

export const feedingState = async (database: Database) => ({
  totals: await database.rows('SELECT id, seeds FROM parrot_total ORDER BY id'),
  lines: await database.rows(
    'SELECT parrot_id, seeds, count(*)::int FROM feeding GROUP BY 1, 2 ORDER BY 1, 2',
  ),
});
export const nameState = (database: Database) =>
  database.rows('SELECT id, name, version FROM parrot_name ORDER BY id');
export const diaryState = (database: Database) =>
  database.rows('SELECT id, diary FROM parrot_diary ORDER BY id');

export const toyFixtures = {
  feedings: { events, state: feedingState },
  names: { events, state: nameState },
} satisfies ConsumerFixtures;
