/** Queries for clients: the hash chain. */
import type { Reader } from '#mixins/database/database.ts';
import type { ActionAnswer } from '#schemas/action.ts';
import type sealAction from '#schemas/actions/accounting/seal.ts';
import type sealBlockAction from '#schemas/actions/accounting/seal-block.ts';
import { GENESIS } from './seal.ts';

/** A time as the database has it. */
type Stored<View> = Omit<View, 'sealedAt'> & { readonly sealedAt: Date };

type HeadView = Omit<ActionAnswer<typeof sealAction>, 'sealedAt'> & { readonly sealedAt: Date | null };

/** Counts at most `most` unsealed postings, because nothing limits their number. */
export async function readHeadView(reader: Reader, most: number): Promise<HeadView> {
  const [row] = await reader.rows<HeadView>(
    `SELECT encode(hash, 'hex') AS head, number AS block, sealed_at AS "sealedAt",
       (SELECT count(*) FROM (
          SELECT FROM posting WHERE id > coalesce(last_position, 0) LIMIT $1
        ) AS unsealed) AS unsealed
     FROM (SELECT) AS always
     LEFT JOIN (SELECT * FROM seal ORDER BY number DESC LIMIT 1) AS head ON true`,
    [most],
  );
  if (row === undefined) throw new Error('One row was expected');
  return row;
}

/** `number` is in digits. */
export async function readBlockView(
  reader: Reader,
  number: string,
): Promise<Stored<ActionAnswer<typeof sealBlockAction>> | undefined> {
  const [row] = await reader.rows<Stored<ActionAnswer<typeof sealBlockAction>>>(
    `SELECT number, postings, encode(hash, 'hex') AS hash, sealed_at AS "sealedAt",
       coalesce((SELECT encode(before.hash, 'hex') FROM seal AS before WHERE before.number = seal.number - 1), $2)
         AS "previousHash"
     FROM seal WHERE number = $1::bigint`,
    [number, GENESIS.toString('hex')],
  );
  return row;
}

/** The number of the block with this hash in hex, an SQL expression; null without one. */
export const blockOf = (head: string): string =>
  `(SELECT number FROM seal WHERE hash = decode(${head}, 'hex') LIMIT 1)`;

/** The number of the block that covers a position, an SQL expression; null while it is unsealed. */
export const blockAt = (position: string): string =>
  `(SELECT number FROM seal WHERE last_position >= ${position} ORDER BY last_position LIMIT 1)`;
