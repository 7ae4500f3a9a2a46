/** What a replay's consumers keep in the tables of all consumers. */
import type { Tx } from '../database/database.ts';

/** A replay's consumer and the live one that it stands for. */
export interface ReplayPair {
  readonly replay: string;
  readonly live: string;
}

const columnsOf = (pairs: readonly ReplayPair[]) => [
  pairs.map(({ replay }) => replay),
  pairs.map(({ live }) => live),
];

/** What an operator gave up stays given up: the replay leaves it out as the live consumer did. */
export async function copyDiscarded(tx: Tx, pairs: readonly ReplayPair[]): Promise<void> {
  await tx.run(
    `INSERT INTO dead_letter (id, consumer, event_key, stream, stream_sequence, type, subject, sequence, headers, payload, attempts,
       code, message, status, set_aside_at, settled_at, settled_by, settled_reason)
     SELECT gen_random_uuid(), replay, event_key, stream, stream_sequence, type, subject, sequence, headers, payload, attempts,
       code, message, status, set_aside_at, settled_at, settled_by, settled_reason
     FROM dead_letter JOIN unnest($1::text[], $2::text[]) AS pair (replay, live) ON consumer = live
     WHERE status = 'discarded'
     ON CONFLICT (consumer, event_key) DO NOTHING`,
    columnsOf(pairs),
  );
}

export interface NewTrouble {
  readonly consumer: string;
  readonly eventKey: string;
  readonly code: string;
  readonly message: string;
  /** How many there are. */
  readonly count: number;
}

/** Events that the replay set aside although the live consumer has applied them; the first of them. */
export async function newTrouble(tx: Tx, pairs: readonly ReplayPair[]): Promise<NewTrouble | undefined> {
  const [row] = await tx.rows<NewTrouble>(
    `SELECT letter.consumer, letter.event_key AS "eventKey", letter.code, letter.message, count(*) OVER () AS count
     FROM dead_letter AS letter JOIN unnest($1::text[], $2::text[]) AS pair (replay, live) ON letter.consumer = replay
     WHERE letter.status = 'open' AND NOT EXISTS (
       SELECT FROM dead_letter AS other
       WHERE other.consumer = live AND other.event_key = letter.event_key AND other.status <> 'redriven'
     )
     ORDER BY letter.id LIMIT 1`,
    columnsOf(pairs),
  );
  return row;
}

/** Removes every trace of consumers that are no more. */
export async function forgetConsumers(tx: Tx, names: readonly string[]): Promise<void> {
  for (const table of ['dead_letter', 'attempt', 'consumer_epoch']) {
    await tx.run(`DELETE FROM ${table} WHERE consumer = ANY ($1::text[])`, [names]);
  }
}
