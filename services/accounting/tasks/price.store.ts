/** Prices of tasks. */
import { prepared, type Tx } from '#mixins/database/database.ts';
import type { Price } from './price.ts';
import { TASK } from './task-postings.ts';

/** Inserts the missing prices, by the id of their task. Returns the ids of the new ones. */
export async function insertPrices(tx: Tx, prices: ReadonlyMap<string, Price>): Promise<ReadonlySet<string>> {
  // Every transaction inserts in id order. So two that price the same tasks cannot deadlock.
  const sorted = [...prices].sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = await tx.rows<{ id: string }>(
    prepared(`INSERT INTO price (reference_type, reference_id, fee, reward, currency)
     SELECT '${TASK}', * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[])
     ON CONFLICT DO NOTHING
     RETURNING reference_id AS id`),
    [
      sorted.map(([id]) => id),
      sorted.map(([, price]) => price.fee),
      sorted.map(([, price]) => price.reward),
      sorted.map(([, price]) => price.currency),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

/** The stored prices of these tasks. They hold even if the rule would give others now. */
export async function readPrices(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, Price>> {
  const rows = await tx.rows<Price & { id: string }>(
    prepared(`SELECT reference_id AS id, fee, reward, currency
     FROM unnest($1::uuid[]) AS wanted (id)
     CROSS JOIN LATERAL (
       SELECT * FROM price WHERE reference_type = '${TASK}' AND reference_id = wanted.id LIMIT 1
     ) AS price`),
    [ids],
  );
  return new Map(rows.map(({ id, fee, reward, currency }) => [id, { fee, reward, currency }]));
}
