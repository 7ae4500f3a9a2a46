/**
 * Composes the digest of each employee whom a shuffle drew (MAIL-4), as soon as all their draws are
 * here. One pass is one transaction.
 */
import type { Database, Tx } from '#mixins/database/database.ts';
import type { ItemWork, LoopItem } from '#mixins/loops/item-work.ts';
import { type Composed, type ComposeSettings, GIVE_UP_WAITING_MS, mailTo } from '../mails/compose.ts';
import { DIGESTS, digestItem } from '../mails/items.ts';
import type { NewMail } from '../mails/mail.ts';
import { queueMails } from '../mails/queue-mails.step.ts';
import digest, { type ListedTask, MAX_TASKS_LISTED } from '../templates/digest.ts';
import {
  type DigestKey,
  type DueDigest,
  lockDigest,
  lockDueDigests,
  postponeDigests,
  setDigestState,
  tasksOf,
} from './digest.store.ts';

/** Digests that one pass reads. */
const DIGESTS_A_PASS = 100;

/** The loop `mailer-digests`. Its items are digests: one person's part of a shuffle. */
export function digestsWork(database: Database, settings: ComposeSettings): ItemWork<Composed> {
  return {
    name: DIGESTS,
    database,
    most: DIGESTS_A_PASS,
    canWait: true,
    pass: (limit, took) =>
      database.inTransaction(async (tx) => {
        const due = await lockDueDigests(tx, limit);
        took(due.map(digestItem));
        return await composeDue(tx, due, settings);
      }),
    async redrive(tx, item) {
      const { shuffleId, assigneeId } = digestOf(item);
      await composeDue(tx, await lockDigest(tx, shuffleId, assigneeId), settings);
    },
    discard: (tx, item) => setDigestState(tx, [digestOf(item)], 'mailed'),
  };
}

function digestOf({ data }: LoopItem): DigestKey {
  return { shuffleId: String(data.shuffleId), assigneeId: String(data.assigneeId) };
}

async function composeDue(tx: Tx, due: readonly DueDigest[], settings: ComposeSettings): Promise<Composed> {
  if (due.length === 0) return { mails: 0, waiting: 0 };
  const complete = due.filter(isComplete);
  const listed = await tasksOf(tx, complete, MAX_TASKS_LISTED);
  const mails = complete.flatMap((each) =>
    mailOf(each, listed.get(`${each.shuffleId}:${each.assigneeId}`) ?? [], settings),
  );
  await queueMails(tx, mails, settings);
  await setDigestState(tx, complete, 'mailed');
  const waiting = due.filter((each) => !isComplete(each));
  await postponeDigests(tx, waiting);
  return { mails: complete.length, waiting: waiting.length };
}

/** Whether the employee is known and all draws are here. */
function isComplete({ email, draws, tasksDrawn, waitedMs }: DueDigest): boolean {
  return email !== null && (draws >= tasksDrawn || waitedMs > GIVE_UP_WAITING_MS);
}

function mailOf(due: DueDigest, tasks: readonly ListedTask[], settings: ComposeSettings): NewMail[] {
  const { shuffleId, assigneeId, tasksDrawn: total, completedAt: requestedAt } = due;
  const requestKey = `digest:${shuffleId}:${assigneeId}`;
  const mail = { requestKey, template: 'digest', requestedAt, userId: assigneeId };
  return mailTo(due, mail, settings, (context) => digest.render({ tasks, total }, context));
}
