/** Payouts and the lines of their days (set-based). */
import { prepared, type Tx } from '#mixins/database/database.ts';
import { defineRowSet } from '#mixins/database/row-set.ts';
import { isDue, notDeadLettered } from '#mixins/loops/item-dead-letters.ts';
import type { EventData } from '#schemas/event.ts';
import type { dayClosed } from '#schemas/events/accounting/day-closed.v1.ts';
import type { employeeBilled } from '#schemas/events/accounting/employee-billed.v1.ts';
import type { payoutMade } from '#schemas/events/accounting/payout-made.v1.ts';
import { type KnownRecipient, recheckAfterMs } from '../mails/compose.ts';
import { PAYOUTS } from '../mails/items.ts';
import type { MailCause } from '../mails/mail.ts';
import type { ListedOperation } from '../templates/payout.ts';

type Billed = EventData<typeof employeeBilled>;

export interface Operation
  extends Pick<Billed, 'businessDay' | 'employeeId' | 'entryId' | 'amount' | 'externalId' | 'occurredAt'> {
  readonly kind: string;
  readonly title: string | null;
}

/**
 * Stores lines, except those of finished days: a redelivered line would stay for ever. Rows are
 * inserted in key order, to avoid deadlocks.
 */
export async function keepOperations(tx: Tx, lines: readonly Operation[]): Promise<void> {
  if (lines.length === 0) return;
  await tx.run(
    prepared(`INSERT INTO operation (${OPERATIONS.columns})
     SELECT * FROM ${OPERATIONS.from('line')}
     WHERE NOT EXISTS (
       SELECT FROM payout WHERE payout.employee_id = line.employee_id AND payout.business_day = line.business_day
         AND payout.state <> 'waiting'
     ) AND NOT EXISTS (SELECT FROM closed_day WHERE closed_day.business_day = line.business_day AND cleared)
     ORDER BY business_day, employee_id, entry_id
     ON CONFLICT ON CONSTRAINT operation_pk DO NOTHING`),
    OPERATIONS.bind(lines),
  );
}

const OPERATIONS = defineRowSet<Operation>({
  business_day: ['date', ({ businessDay }) => businessDay],
  employee_id: ['uuid', ({ employeeId }) => employeeId],
  entry_id: ['uuid', ({ entryId }) => entryId],
  kind: ['text', ({ kind }) => kind],
  amount: ['bigint', ({ amount }) => amount],
  title: ['text', ({ title }) => title],
  external_id: ['text', ({ externalId }) => externalId],
  occurred_at: ['timestamptz', ({ occurredAt }) => new Date(occurredAt)],
});

export interface Payout extends MailCause, Omit<EventData<typeof payoutMade>, 'entryId' | 'occurredAt'> {
  readonly occurredAt: Date;
}

export async function keepPayouts(tx: Tx, payouts: readonly Payout[]): Promise<void> {
  if (payouts.length === 0) return;
  await tx.run(
    `INSERT INTO payout (${PAYOUT_ROWS.columns}) SELECT * FROM ${PAYOUT_ROWS.from('payout')} ORDER BY payout_id
     ON CONFLICT ON CONSTRAINT payout_pk DO NOTHING`,
    PAYOUT_ROWS.bind(payouts),
  );
}

const PAYOUT_ROWS = defineRowSet<Payout>({
  payout_id: ['uuid', ({ payoutId }) => payoutId],
  employee_id: ['uuid', ({ employeeId }) => employeeId],
  business_day: ['date', ({ businessDay }) => businessDay],
  amount: ['bigint', ({ amount }) => amount],
  currency: ['text', ({ currency }) => currency],
  operations: ['integer', ({ operations }) => operations],
  occurred_at: ['timestamptz', ({ occurredAt }) => occurredAt],
  event_id: ['uuid', ({ eventId }) => eventId],
  correlation_id: ['text', ({ correlationId }) => correlationId],
  traceparent: ['text', ({ traceparent }) => traceparent],
});

export type ClosedDay = Pick<EventData<typeof dayClosed>, 'businessDay' | 'payouts'>;

export async function keepClosedDays(tx: Tx, days: readonly ClosedDay[]): Promise<void> {
  if (days.length === 0) return;
  await tx.run(
    `INSERT INTO closed_day (business_day, payouts) SELECT * FROM unnest($1::date[], $2::integer[]) ORDER BY 1
     ON CONFLICT ON CONSTRAINT closed_day_pk DO NOTHING`,
    [days.map(({ businessDay }) => businessDay), days.map(({ payouts }) => payouts)],
  );
}

/** Makes the payouts of these employees due now. Returns how many there are. */
export function makePayoutsDue(tx: Tx, employeeIds: readonly string[]): Promise<number> {
  return tx.run(
    `UPDATE payout SET due_at = now() WHERE employee_id = ANY($1::uuid[]) AND state = 'waiting'`,
    [employeeIds],
  );
}

export interface DuePayout extends Payout, KnownRecipient {
  /** Milliseconds since its event arrived. */
  readonly waitedMs: number;
  /** Lines that have arrived. */
  readonly lines: number;
  /** The sum of these lines. */
  readonly sum: number;
}

type UncountedPayout = Omit<DuePayout, 'lines' | 'sum'>;

const WAITING = `SELECT payout_id AS "payoutId", employee_id AS "employeeId", business_day::text AS "businessDay", amount, currency,
    operations, occurred_at AS "occurredAt", event_id AS "eventId", correlation_id AS "correlationId", traceparent,
    (extract(epoch FROM now() - heard_at) * 1000)::float8 AS "waitedMs", name, email, locale
  FROM payout LEFT JOIN user_copy ON user_copy.id = employee_id
  WHERE state = 'waiting'`;

/**
 * Locks due payouts and counts their lines. Of an employee it locks only the earliest waiting one,
 * except dead-lettered ones, because their mails leave in the order of the days (MAIL-2). It skips
 * payouts that another node has locked.
 */
export async function lockDuePayouts(tx: Tx, limit: number): Promise<DuePayout[]> {
  const due = await tx.rows<UncountedPayout>(
    `${WAITING} AND due_at <= now() AND ${isDue(PAYOUTS, 'payout.payout_id::text')} AND NOT EXISTS (
       SELECT FROM payout AS earlier WHERE earlier.employee_id = payout.employee_id AND earlier.state = 'waiting'
         AND (earlier.business_day, earlier.payout_id) < (payout.business_day, payout.payout_id)
         AND ${notDeadLettered(PAYOUTS, 'earlier.payout_id::text')}
     )
     ORDER BY due_at, payout_id LIMIT $1
     FOR UPDATE OF payout SKIP LOCKED`,
    [limit],
  );
  return await withLines(tx, due);
}

/**
 * Locks one payout whose mail is not composed yet, whether it is due or not. Empty if its mail is
 * composed.
 */
export async function lockPayout(tx: Tx, id: string): Promise<DuePayout[]> {
  const sql = `${WAITING} AND payout_id = $1::uuid FOR UPDATE OF payout`;
  return await withLines(tx, await tx.rows<UncountedPayout>(sql, [id]));
}

async function withLines(tx: Tx, due: readonly UncountedPayout[]): Promise<DuePayout[]> {
  if (due.length === 0) return [];
  // A separate statement has a new snapshot, with lines that were committed while the first one
  // ran.
  const counts = await tx.rows<{ lines: number; sum: number }>(
    `SELECT lines, sum FROM unnest($1::date[], $2::uuid[]) WITH ORDINALITY AS due (business_day, employee_id, place)
     CROSS JOIN LATERAL (
       SELECT count(*) AS lines, coalesce(sum(amount), 0)::bigint AS sum FROM operation
       WHERE operation.business_day = due.business_day AND operation.employee_id = due.employee_id
     ) AS counted
     ORDER BY place`,
    [due.map(({ businessDay }) => businessDay), due.map(({ employeeId }) => employeeId)],
  );
  return due.map((payout, index) => ({ ...payout, lines: 0, sum: 0, ...counts[index] }));
}

/** The first lines of each of these days, in order of time. */
export async function operationsOf(
  tx: Tx,
  payouts: readonly Pick<Payout, 'payoutId' | 'businessDay' | 'employeeId'>[],
  limit: number,
): Promise<ReadonlyMap<string, readonly ListedOperation[]>> {
  const rows = await tx.rows<ListedOperation & { payoutId: string }>(
    `SELECT payout_id AS "payoutId", (extract(epoch FROM occurred_at) * 1000)::bigint AS at, kind, title,
       external_id AS "externalId", amount
     FROM unnest($1::date[], $2::uuid[], $3::uuid[]) AS due (business_day, employee_id, payout_id)
     CROSS JOIN LATERAL (
       SELECT occurred_at, kind, title, external_id, amount, entry_id FROM operation
       WHERE operation.business_day = due.business_day AND operation.employee_id = due.employee_id
       ORDER BY occurred_at, entry_id LIMIT $4
     ) AS line
     ORDER BY payout_id, occurred_at, entry_id`,
    [
      payouts.map(({ businessDay }) => businessDay),
      payouts.map(({ employeeId }) => employeeId),
      payouts.map(({ payoutId }) => payoutId),
      limit,
    ],
  );
  return Map.groupBy(rows, ({ payoutId }) => payoutId);
}

export async function markPayoutsMailed(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.run(`UPDATE payout SET state = 'mailed', due_at = now() WHERE payout_id = ANY($1::uuid[])`, [ids]);
}

/** Makes incomplete payouts due again after a pause. */
export async function postponePayouts(tx: Tx, waiting: readonly DuePayout[]): Promise<void> {
  if (waiting.length === 0) return;
  await tx.run(
    `UPDATE payout SET due_at = now() + wait.ms * interval '1 millisecond'
     FROM unnest($1::uuid[], $2::integer[]) AS wait (payout_id, ms) WHERE payout.payout_id = wait.payout_id`,
    [waiting.map(({ payoutId }) => payoutId), waiting.map(({ waitedMs }) => recheckAfterMs(waitedMs))],
  );
}

/**
 * Deletes lines of payouts whose mails were composed at least `afterMs` ago, up to the given
 * numbers. Overlapping redeliveries have arrived by then. Returns the number of deleted lines plus
 * that of finished payouts.
 */
export async function clearMailedOperations(
  tx: Tx,
  payouts: number,
  lines: number,
  afterMs: number,
): Promise<number> {
  const mailed = await tx.rows<{ id: string; day: string; employee: string }>(
    `SELECT payout_id AS id, business_day::text AS day, employee_id AS employee FROM payout
     WHERE state = 'mailed' AND due_at <= now() - $2 * interval '1 millisecond'
     ORDER BY payout_id LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [payouts, afterMs],
  );
  if (mailed.length === 0) return 0;
  const deleted = await tx.run(
    `DELETE FROM operation WHERE (business_day, employee_id, entry_id) IN (
       SELECT operation.business_day, operation.employee_id, entry_id
       FROM unnest($1::date[], $2::uuid[]) AS mailed (business_day, employee_id)
       JOIN operation USING (business_day, employee_id) LIMIT $3
     )`,
    [mailed.map(({ day }) => day), mailed.map(({ employee }) => employee), lines],
  );
  if (deleted === lines) return deleted;
  const ids = mailed.map(({ id }) => id);
  await tx.run(`UPDATE payout SET state = 'cleared' WHERE payout_id = ANY($1::uuid[])`, [ids]);
  return deleted + mailed.length;
}

/**
 * Deletes at most `lines` lines of a closed day whose payouts have all arrived, or which was closed
 * `afterDays` ago. Lines that a payout waits for stay. Returns the number of deleted lines.
 */
export async function clearClosedDay(tx: Tx, lines: number, afterDays: number): Promise<number> {
  const [day] = await tx.rows<{ day: string }>(
    `SELECT business_day::text AS day FROM closed_day
     WHERE NOT cleared AND (
       heard_at < now() - $1 * interval '1 day'
       OR payouts <= (SELECT count(*) FROM payout WHERE payout.business_day = closed_day.business_day)
     ) AND NOT EXISTS (SELECT FROM payout WHERE payout.business_day = closed_day.business_day AND state <> 'cleared')
     ORDER BY business_day LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [afterDays],
  );
  if (day === undefined) return 0;
  const deleted = await tx.run(
    `DELETE FROM operation WHERE (business_day, employee_id, entry_id) IN (
       SELECT business_day, employee_id, entry_id FROM operation WHERE business_day = $1::date LIMIT $2
     )`,
    [day.day, lines],
  );
  if (deleted < lines)
    await tx.run('UPDATE closed_day SET cleared = true WHERE business_day = $1::date', [day.day]);
  return deleted;
}
