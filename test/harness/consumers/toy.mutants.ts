/** Toys with one fault each. The harness must fail for each of them, in the intended scenario. */
import { randomUUID } from 'node:crypto';
import { type ConsumerDefinition, defineConsumer } from '#mixins/consumer/definition.ts';
import type { Tx } from '#mixins/database/database.ts';
import type { ConsumerFixture } from './fixture.ts';
import type { ScenarioName } from './scenarios.ts';
import {
  addFeedings,
  diaryState,
  type Fed,
  keyOf,
  lockTotals,
  parrotFed,
  parrotRenamed,
  type Renamed,
  TOY_SERVICE,
  toyConsumers,
  toyFixtures,
  writeDiaries,
} from './toy.ts';

export interface Mutant {
  readonly fault: string;
  readonly definition: ConsumerDefinition;
  readonly fixture: ConsumerFixture;
  /** Scenarios that must fail. Others may fail too. */
  readonly foundBy: readonly ScenarioName[];
}

const { events } = toyFixtures.feedings;

/**
 * Overlapping transactions both miss the key: the probe's snapshot is older than the wait for the
 * lock.
 */
async function lockAndProbeAtOnce(batch: readonly Fed[], tx: Tx): Promise<void> {
  const ids = batch.map(({ data }) => data.parrotId);
  // `ON CONFLICT` alone would already wait here for the other transaction, in a separate statement.
  await tx.run(
    `INSERT INTO parrot_total (id) SELECT DISTINCT id FROM unnest($1::text[]) AS fed (id)
     WHERE NOT EXISTS (SELECT FROM parrot_total WHERE parrot_total.id = fed.id) ORDER BY 1 ON CONFLICT DO NOTHING`,
    [ids],
  );
  await tx.run(
    `WITH locked AS MATERIALIZED (SELECT id FROM parrot_total WHERE id = ANY($2::text[]) ORDER BY id FOR UPDATE),
       fresh AS MATERIALIZED (
         SELECT fed.* FROM unnest($1::text[], $2::text[], $3::bigint[]) AS fed (key, id, seeds)
         JOIN locked USING (id) WHERE NOT EXISTS (SELECT FROM feeding WHERE feeding.key = fed.key)),
       inserted AS (INSERT INTO feeding SELECT * FROM fresh ON CONFLICT DO NOTHING)
     UPDATE parrot_total SET seeds = parrot_total.seeds + more.seeds
     FROM (SELECT id, sum(seeds) AS seeds FROM fresh GROUP BY id) AS more WHERE parrot_total.id = more.id`,
    [batch.map(keyOf), ids, batch.map(({ data }) => data.seeds)],
  );
}

async function copyNamesUnguarded(batch: readonly Renamed[], tx: Tx): Promise<void> {
  await tx.run(
    `INSERT INTO parrot_name SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ORDER BY 1
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, version = excluded.version`,
    [
      batch.map(({ data }) => data.parrotId),
      batch.map(({ data }) => data.name),
      batch.map(({ sequence }) => sequence),
    ],
  );
}

async function onlyWhenTheyAreMany(batch: readonly Fed[], tx: Tx): Promise<void> {
  if (batch.length > 1) await toyConsumers.feedings.handle(batch, tx, undefined as never);
}

async function failNeverWrong(batch: readonly Fed[], tx: Tx): Promise<void> {
  await tx.run('SAVEPOINT careless');
  try {
    await toyConsumers.feedings.handle(batch, tx, undefined as never);
    if (batch.length > 3) throw new Error('Too many');
  } catch {
    await tx.run('ROLLBACK TO SAVEPOINT careless');
  }
}

const keyed = (handle: (batch: readonly Fed[], tx: Tx) => Promise<void>) =>
  defineConsumer({ stream: TOY_SERVICE, order: 'keyed', reads: [parrotFed], handle });

export const mutants: readonly Mutant[] = [
  {
    fault: 'a keyed consumer without a business key',
    definition: keyed(async (batch, tx) => {
      await lockTotals(batch, tx);
      await addFeedings(
        batch,
        batch.map(() => randomUUID()),
        tx,
      );
    }),
    fixture: toyFixtures.feedings,
    foundBy: ['delivered twice', 'crash between commit and acknowledgement'],
  },
  {
    fault: 'a keyed consumer that locks and looks for keys in one statement',
    definition: keyed(lockAndProbeAtOnce),
    fixture: toyFixtures.feedings,
    foundBy: ['a batch overlaps its own redelivery'],
  },
  {
    fault: 'a keyed consumer that never looks for its keys',
    definition: keyed(async (batch, tx) => {
      await lockTotals(batch, tx);
      await addFeedings(batch, batch.map(keyOf), tx);
    }),
    fixture: toyFixtures.feedings,
    foundBy: ['delivered twice'],
  },
  {
    fault: 'a keyed consumer whose effects depend on the order',
    definition: { ...keyed(writeDiaries) },
    fixture: { events, state: diaryState },
    foundBy: ['out of order', 'delivered twice'],
  },
  {
    fault: 'a consumer of the newest that does not guard against older versions',
    definition: defineConsumer({
      stream: TOY_SERVICE,
      order: 'newest',
      reads: [parrotRenamed],
      handle: copyNamesUnguarded,
    }),
    fixture: toyFixtures.names,
    foundBy: ['out of order'],
  },
  {
    fault: 'a consumer that leaves out what comes alone',
    definition: keyed(onlyWhenTheyAreMany),
    fixture: toyFixtures.feedings,
    foundBy: ['singly'],
  },
  {
    fault: 'a consumer that swallows its errors',
    definition: keyed(failNeverWrong),
    fixture: toyFixtures.feedings,
    foundBy: ['singly'],
  },
  {
    fault: 'a consumer that writes outside of its transaction',
    definition: keyed(async (batch, tx) => {
      await tx.database.inTransaction((other) => writeDiaries(batch, other));
    }),
    fixture: { events, state: diaryState },
    foundBy: ['crash before the commit'],
  },
  {
    fault: 'a consumer that remembers between batches',
    definition: remembering(),
    fixture: toyFixtures.feedings,
    foundBy: ['crash before the commit'],
  },
];

/** Treats handled events as committed. */
function remembering(): ConsumerDefinition {
  const seen = new Set<string>();
  return keyed(async (batch, tx) => {
    const fresh = batch.filter((each) => !seen.has(each.id));
    for (const each of fresh) seen.add(each.id);
    if (fresh.length > 0) await toyConsumers.feedings.handle(fresh, tx, undefined as never);
  });
}
