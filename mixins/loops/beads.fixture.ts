/**
 * A queue of beads for the tests of isolation: the table `item`. Beads are strung in the order of
 * their ids, into the table `big`.
 */
import type { Database, Tx } from '#mixins/database/database.ts';
import { isDue, notDeadLettered } from './item-dead-letters.ts';
import type { ItemWork, LoopItem } from './item-work.ts';

export const STRINGING = 'things-stringing';

interface Bead {
  readonly id: number;
  readonly title: string;
}

/** Called for each bead before it is strung. An error fails the pass. */
export type Handle = (bead: Bead, tx: Tx) => void | Promise<void>;

export async function putBeads(database: Database, beads: readonly Bead[]): Promise<void> {
  await database.inTransaction((tx) =>
    tx.run('INSERT INTO item (id, title) SELECT * FROM unnest($1::int[], $2::text[])', [
      beads.map(({ id }) => id),
      beads.map(({ title }) => title),
    ]),
  );
}

/** The ids of the strung beads, in order. */
export async function strung(database: Database): Promise<number[]> {
  const rows = await database.newest.rows<{ value: number }>('SELECT value FROM big ORDER BY id');
  return rows.map(({ value }) => value);
}

async function stringBeads(tx: Tx, beads: readonly Bead[], handle: Handle): Promise<void> {
  for (const bead of beads) {
    await handle(bead, tx);
    await tx.run('INSERT INTO big (value) VALUES ($1)', [bead.id]);
  }
}

function itemOf({ id, title }: Bead): LoopItem {
  return { key: String(id), type: 'things.bead', subject: `bead/${id}`, data: { id, title } };
}

const take = (tx: Tx, condition: string, bind: readonly unknown[]) =>
  tx.rows<Bead>(
    `DELETE FROM item WHERE id IN (SELECT id FROM item WHERE ${condition} FOR UPDATE SKIP LOCKED) RETURNING id, title`,
    bind,
  );

/**
 * A pass returns the ids that it strung. `passes` records the largest number that each pass might
 * take.
 */
export function beadsWork(
  database: Database,
  handle: Handle,
  { canWait = true, passes = [] as number[] } = {},
): ItemWork<readonly number[]> {
  const free = canWait ? isDue(STRINGING, 'item.id::text') : notDeadLettered(STRINGING, 'item.id::text');
  return {
    name: STRINGING,
    database,
    most: 64,
    canWait,
    pass: (limit, took) =>
      database.inTransaction(async (tx) => {
        const taken = await take(tx, `${free} ORDER BY id LIMIT $1`, [limit]);
        const beads = taken.toSorted((a, b) => a.id - b.id);
        passes.push(limit);
        took(beads.map(itemOf));
        await stringBeads(tx, beads, handle);
        return beads.map(({ id }) => id);
      }),
    async redrive(tx, { key }) {
      await stringBeads(tx, await take(tx, 'id = $1::int', [Number(key)]), handle);
    },
    async discard(tx, { key }) {
      await take(tx, 'id = $1::int', [Number(key)]);
    },
  };
}
