/**
 * Attempts at one event, or at one item of a loop, alone. Each is counted (table `attempt`) before
 * it is made, so that an event that kills the process is recognised after the restart.
 */
import type { Tx } from '#mixins/database/database.ts';
import { Turns } from '#mixins/turns.ts';

/**
 * The mutex of all consumers of this process. If the process died during two lone attempts, the
 * counters would accuse both events, and the next process would make the same two attempts.
 */
export const processMutex = new Turns(1);

/** Every lone attempt at an event, or at a loop's item, ended with the process. */
export class KillsProcess extends Error {
  readonly code = 'kills_process';

  constructor(attempts: number) {
    super(`The process died in each of ${attempts} attempts at this alone`);
    this.name = 'KillsProcess';
  }
}

/**
 * Counts an attempt before it is made. Returns how many earlier attempts left no trace of an end.
 * `survived` of them failed without killing the process; they are subtracted first.
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

/** Subtracts an attempt that failed without killing the process. */
export async function takeBackAttempt(tx: Tx, consumer: string, eventKey: string): Promise<void> {
  await tx.run(
    'UPDATE attempt SET attempts = greatest(attempts - 1, 0) WHERE consumer = $1 AND event_key = $2',
    [consumer, eventKey],
  );
}

/** Deletes the counter: the event was handled or dead-lettered. */
export async function forgetAttempts(tx: Tx, consumer: string, eventKey: string): Promise<void> {
  await tx.run('DELETE FROM attempt WHERE consumer = $1 AND event_key = $2', [consumer, eventKey]);
}
