/** Prices and the secret they are drawn with. */
import type { KeyObject } from 'node:crypto';
import type { Tx } from '#mixins/database/database.ts';
import { serviceSecret } from '#mixins/database/secrets.store.ts';
import type { Price } from './price.ts';

/** The secret that prices are drawn with. */
export const priceSecret = (tx: Tx): Promise<KeyObject> => serviceSecret(tx, 'price');

/** Keeps the prices that are not there yet, by id of what they are for; returns the ids that were new. */
export async function insertPrices(
  tx: Tx,
  type: string,
  prices: ReadonlyMap<string, Price>,
): Promise<ReadonlySet<string>> {
  // In id order, as every transaction inserts: two that price the same tasks wait for each other one way only.
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

/** The prices of these ids: those that were kept first, whatever would be drawn now. */
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
