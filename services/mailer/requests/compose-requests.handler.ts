/**
 * Composes mails for requests in the order of their stream (MAIL-2). A durable that several nodes
 * share delivers events out of order, and so does a killed node. So a request waits until all
 * earlier ones are here: up to `floor`, the position up to which the broker has all
 * acknowledgements. One pass is one transaction.
 */
import type { Database, Tx } from '#mixins/database/database.ts';
import type { ItemWork } from '#mixins/loops/item-work.ts';
import { Problem } from '#schemas/errors.ts';
import type { Composed, ComposeSettings } from '../mails/compose.ts';
import { REQUESTS, requestItem } from '../mails/items.ts';
import { queueMails } from '../mails/queue-mails.step.ts';
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
 * Maximum time that a request waits for earlier ones, in milliseconds. It is longer than the broker
 * needs to redeliver the events of a killed node. An event that cannot be read yet, or an absent
 * broker, delays mails by at most this time.
 */
const OVERDUE_MS = 30_000;

/**
 * The loop `mailer-requests`. Its items are requests. `floorNow` returns the stream sequence up to
 * which every event is acknowledged; null if unknown. It is called only if there are requests.
 */
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
    async pass(limit, took) {
      if (!(await hasRequests(database))) return { mails: 0, waiting: 0 };
      // This comes before the transaction, which must not wait for a broker. Acknowledged events
      // stay acknowledged, so an old value is safe.
      const floor = (await floorNow()) ?? 0;
      return database.inTransaction(async (tx) => {
        if (!(await tryLockRequests(tx))) return { mails: 0, waiting: 1 };
        const requests = await takeRequests(tx, floor, OVERDUE_MS, limit);
        const inOrder = requests.toSorted((a, b) => a.streamSequence - b.streamSequence);
        took(inOrder.map(requestItem));
        await queueRequests(tx, inOrder, settings);
        return { mails: requests.length, waiting: 1 };
      });
    },
    async redrive(tx, { key }) {
      const request = await takeRequest(tx, key);
      if (request === undefined)
        throw new Problem('conflict', `Request ${key} is not here any more: discard this dead letter`);
      await queueRequests(tx, [request], settings);
    },
    // The dead letter records that the request was discarded, and why.
    async discard(tx, { key }) {
      await takeRequest(tx, key);
    },
  };
}

function queueRequests(
  tx: Tx,
  requests: readonly ReceivedRequest[],
  settings: ComposeSettings,
): Promise<void> {
  return queueMails(
    tx,
    requests.map((request) => mailOf(request, settings)),
    settings,
  );
}
