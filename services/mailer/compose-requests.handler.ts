/**
 * Makes mails of requests, in the order in which they were asked for (MAIL-2): that of the stream. A durable that several nodes share, or
 * a node that was killed, hands events over in another one; so a request waits until everything before it in the stream is here: up to
 * `floor`, the place up to which the broker was told that all is handled. One pass, one transaction.
 */
import type { Database } from '../../mixins/database/database.ts';
import type { Composed, ComposeSettings } from './compose.ts';
import { mailOf } from './mail-request.ts';
import { queueMails } from './queue-mails.handler.ts';
import { hasRequests, takeRequests, tryLockRequests } from './request.store.ts';

const REQUESTS_A_PASS = 200;
/**
 * Longest that a request waits for what was asked before it, in milliseconds: longer than the broker takes to deliver again what a node
 * that was killed had in hand. An event that can't be read yet, or a broker that is away, holds up mails no longer than this.
 */
export const OVERDUE_MS = 30_000;

/** `floorNow`: the sequence of the stream up to which every event is handled; null where nobody knows. Asked only if there is something to do. */
export async function composeRequests(
  database: Database,
  settings: ComposeSettings,
  floorNow: () => Promise<number | null>,
): Promise<Composed> {
  if (!(await hasRequests(database))) return { mails: 0, held: 0 };
  // Before the transaction, which must not wait for a broker; what is handled stays handled.
  const floor = (await floorNow()) ?? 0;
  return database.inTransaction(async (tx) => {
    if (!(await tryLockRequests(tx))) return { mails: 0, held: 1 };
    const requests = await takeRequests(tx, floor, OVERDUE_MS, REQUESTS_A_PASS);
    const inOrder = requests.toSorted((a, b) => a.streamSequence - b.streamSequence);
    await queueMails(
      tx,
      inOrder.map((request) => mailOf(request, settings)),
      settings,
    );
    return { mails: requests.length, held: 1 };
  });
}
