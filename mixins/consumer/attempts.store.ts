/** Counters of lone attempts (table `attempt`). */
import type { Tx } from '../database/database.ts';

/**
 * Counts an attempt before it is made, and returns how many attempts before it left no trace of an end. `survived` of them, which failed
 * without killing the process, are taken off again.
 */
export async function countAttempt(
  tx: Tx,
  consumer: string,
  eventKey: string,
  survived: number,
): Promise<number> {
  const [row] = await tx.rows<{ attempts: number }>(
    `INSERT INTO attempt (consumer, event_key, attempts) VALUES ($1, $2, 1)
     ON CONFLICT (consumer, event_key)
       DO UPDATE SET attempts = greatest(attempt.attempts - $3::integer, 0) + 1, last_at = clock_timestamp()
     RETURNING attempts`,
    [consumer, eventKey, survived],
  );
  return (row?.attempts ?? 1) - 1;
}

/** An attempt failed, but the process survived it. */
export async function takeBackAttempt(tx: Tx, consumer: string, eventKey: string): Promise<void> {
  await tx.run(
    'UPDATE attempt SET attempts = greatest(attempts - 1, 0) WHERE consumer = $1 AND event_key = $2',
    [consumer, eventKey],
  );
}

/** The attempt ended: with success, or as a letter. */
export async function forgetAttempts(tx: Tx, consumer: string, eventKey: string): Promise<void> {
  await tx.run('DELETE FROM attempt WHERE consumer = $1 AND event_key = $2', [consumer, eventKey]);
}
