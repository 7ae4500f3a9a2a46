/** Posts a manual adjustment (ACC-7). */
import { randomUUID } from 'node:crypto';
import { calendarOf } from '#mixins/calendar.ts';
import type { Database } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import type { Request } from '#mixins/identity/request.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { ActionParams } from '#schemas/action.ts';
import type adjustAction from '#schemas/actions/accounting/adjust.ts';
import { invalidField, Problem } from '#schemas/errors.ts';
import type { Config } from '../../../config.ts';
import { readOpenDay } from '../days/day.store.ts';
import { dayToPostTo } from '../days/open-day.handler.ts';
import { bookLines, openAccounts } from '../journal/book-lines.step.ts';
import { adjustmentOf, madeEvent, outOfBounds } from '../journal/free-postings.ts';
import { readFreeTotals } from '../journal/journal.store.ts';
import { EMPLOYEE, ownerKey } from '../journal/journal.ts';
import { isNamed, readLine } from './statement.store.ts';
import type { StatementLine } from './statement.ts';

/**
 * Throws `own_account` for the caller's own account, and `not_found` for an id that no event and no
 * posting has named. Throws `validation_failed` if the balance or the totals would leave their
 * bounds. Nothing is written in these cases.
 *
 * An account with an unknown owner can be adjusted like any other, so that a wrong request can be
 * corrected. It is paid out only once the owner is known (ACC-10).
 */
export async function adjustBalance(
  database: Database,
  config: Config,
  params: ActionParams<typeof adjustAction>,
  { actor, cause, idempotency }: Request,
): Promise<StatementLine> {
  const { currency } = config;
  const userId = params.userId.toLowerCase();
  if (userId === actor.userId.toLowerCase()) throw new Problem('own_account');
  const owner = { type: EMPLOYEE, id: userId };
  return database.inTransaction((tx) =>
    withIdempotency(tx, idempotency, async () => {
      if (!(await isNamed(tx, userId))) throw new Problem('not_found');
      const openDay = await dayToPostTo(tx, calendarOf(config));
      const accounts = await openAccounts(tx, [owner]);
      const balance = accounts.get(ownerKey(owner))?.balance ?? 0;
      const beyond = outOfBounds(balance, await readFreeTotals(tx), params.amount);
      if (beyond !== null) refuseAmount(beyond.reason);
      const { now } = await readOpenDay(tx);
      const adjustment = adjustmentOf({
        id: randomUUID(),
        userId,
        amount: params.amount,
        reason: params.reason,
        by: { id: actor.userId, name: actor.name },
        occurredAt: now,
        cause,
      });
      const events = await bookLines(tx, {
        accounts,
        postings: [adjustment],
        openDay,
        currency,
        eventOf: (line) => madeEvent(line, currency),
      });
      await appendEvents(tx, events);
      return readLine(tx, adjustment.key);
    }),
  );
}

function refuseAmount(message: string): never {
  throw invalidField({ field: 'amount', code: 'range', message });
}
