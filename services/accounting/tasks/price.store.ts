/** Prices, and the secret from which they are derived. */
import type { KeyObject } from 'node:crypto';
import type { Tx } from '#mixins/database/database.ts';
import { serviceSecret } from '#mixins/database/secrets.store.ts';
import type { Price } from './price.ts';

export const priceSecret = (tx: Tx): Promise<KeyObject> => serviceSecret(tx, 'price');

/** Inserts the missing prices, by the id of their subject. Returns the ids of the new ones. */
export async function insertPrices(
  tx: Tx,
  type: string,
  prices: ReadonlyMap<string, Price>,
): Promise<ReadonlySet<string>> {
  // Every transaction inserts in id order. So two that price the same tasks cannot deadlock.
  const sorted = [...prices].sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = await tx.rows<{ id: string }>(
    `INSERT INTO price (reference_type, reference_id, fee, reward, currency)
     SELECT $1, * FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::text[])
     ON CONFLICT DO NOTHING
     RETURNING reference_id AS id`,
    [
      type,
      sorted.map(([id]) => id),
      sorted.map(([, price]) => price.fee),
      sorted.map(([, price]) => price.reward),
      sorted.map(([, price]) => price.currency),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

/** The stored prices of these ids. They hold even if the rule would give others now. */
export async function readPrices(
  tx: Tx,
  type: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Price>> {
  const rows = await tx.rows<Price & { id: string }>(
    `SELECT reference_id AS id, fee, reward, currency
     FROM unnest($2::uuid[]) AS wanted (id)
     CROSS JOIN LATERAL (
       SELECT * FROM price WHERE reference_type = $1 AND reference_id = wanted.id LIMIT 1
     ) AS price`,
    [type, ids],
  );
  return new Map(rows.map(({ id, fee, reward, currency }) => [id, { fee, reward, currency }]));
}
