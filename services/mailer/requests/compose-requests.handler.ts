/**
 * Makes mails of requests, in the order in which they were asked for (MAIL-2): that of the stream. A durable that several nodes share, or
 * a node that was killed, hands events over in another one; so a request waits until everything before it in the stream is here: up to
 * `floor`, the place up to which the broker was told that all is handled. One pass, one transaction.
 */
import type { Database, Tx } from '#mixins/database/database.ts';
import type { ItemWork, Took } from '#mixins/loops/item-work.ts';
import { Problem } from '#schemas/errors.ts';
import type { Composed, ComposeSettings } from '../mails/compose.ts';
import { REQUESTS, requestItem } from '../mails/items.ts';
import { queueMails } from '../mails/queue-mails.handler.ts';
import { mailOf } from './mail-request.ts';
import {
  hasRequests,
  type ReceivedRequest,
  takeRequest,
  takeRequests,
  tryLockRequests,
} from './request.store.ts';

const REQUESTS_A_PASS = 200;
/**
 * Longest that a request waits for what was asked before it, in milliseconds: longer than the broker takes to deliver again what a node
 * that was killed had in hand. An event that can't be read yet, or a broker that is away, holds up mails no longer than this.
 */
const OVERDUE_MS = 30_000;

/** The loop `mailer-requests`. Its items are requests. */
export function requestsWork(
  database: Database,
  settings: ComposeSettings,
  floorNow: () => Promise<number | null>,
): ItemWork<Composed> {
  return {
    name: REQUESTS,
    database,
    most: REQUESTS_A_PASS,
    canWait: true,
    pass: (limit, took) => composeRequests(database, settings, floorNow, limit, took),
    async redrive(tx, { key }) {
      const request = await takeRequest(tx, key);
      if (request === undefined) throw new Problem('conflict', `Request ${key} is not here any more`);
      await queueRequests(tx, [request], settings);
    },
    // Its letter says that it was given up, and why.
    async discard(tx, { key }) {
      await takeRequest(tx, key);
    },
  };
}

/** `floorNow`: the sequence of the stream up to which every event is handled; null where nobody knows. Asked only if there is something to do. */
export async function composeRequests(
  database: Database,
  settings: ComposeSettings,
  floorNow: () => Promise<number | null>,
  limit = REQUESTS_A_PASS,
  took: Took = () => {},
): Promise<Composed> {
  if (!(await hasRequests(database))) return { mails: 0, held: 0 };
  // Before the transaction, which must not wait for a broker; what is handled stays handled.
  const floor = (await floorNow()) ?? 0;
  return database.inTransaction(async (tx) => {
    if (!(await tryLockRequests(tx))) return { mails: 0, held: 1 };
    const requests = await takeRequests(tx, floor, OVERDUE_MS, limit);
    const inOrder = requests.toSorted((a, b) => a.streamSequence - b.streamSequence);
    took(inOrder.map(requestItem));
    await queueRequests(tx, inOrder, settings);
    return { mails: requests.length, held: 1 };
  });
}

async function queueRequests(
  tx: Tx,
  requests: readonly ReceivedRequest[],
  settings: ComposeSettings,
): Promise<void> {
  const mails = requests.map((request) => mailOf(request, settings));
  await queueMails(tx, mails, settings);
}
