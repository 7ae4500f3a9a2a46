/** The events that the consumer harness delivers to the consumers of this service. */
import type { Database } from '#mixins/database/database.ts';
import type { ConsumerFixtures, FixtureEvent } from '../../test/harness/consumers/fixture.ts';
import { history, Ledger, names } from './rebuild/ledger.fixture.ts';

/**
 * Three days of events. Employees go below zero, come back, stay below zero over a day without a
 * line, and are paid. A vendor with an employee's id is not paid.
 */
function threeDays(): readonly FixtureEvent[] {
  const ledger = new Ledger();
  for (const n of [1, 2, 3, 4, 5, 6]) ledger.priced(n);
  ledger
    .billed(1, 1, '2026-03-01')
    .billed(2, 2, '2026-03-01')
    .billed(3, 3, '2026-03-01')
    .paid(1, 1, '2026-03-01');
  ledger.announce().close('2026-03-01').announce();
  ledger
    .billed(4, 1, '2026-03-02')
    .billed(5, 4, '2026-03-02')
    .paid(4, 1, '2026-03-02')
    .paid(2, 2, '2026-03-02');
  ledger
    .posted(4, 300, '2026-03-02')
    .posted(1, 900, '2026-03-02', 'vendor')
    .announce()
    .close('2026-03-02')
    .announce();
  ledger
    .billed(6, 1, '2026-03-03')
    .paid(3, 3, '2026-03-03')
    .posted(2, -50, '2026-03-03')
    .posted(1, -1_200, '2026-03-03', 'vendor')
    .paid(6, 1, '2026-03-03');
  return ledger.announce().events;
}

/** All rows of a projection in the live generation. */
const live = (database: Database, projection: string, order: string) =>
  database.rows(`SELECT * FROM live_${projection} ORDER BY ${order}`);

export default {
  auth: {
    events: () => [
      ...names(1, 'Ada'),
      ...names(2, 'Mia', 'Mila'),
      ...names(3, 'Pip', 'Pipa', 'Philippa', 'Pip'),
      ...names(4, 'Rio'),
    ],
    state: (database) => live(database, 'user_copy', 'id'),
  },
  tasks: {
    events: () => [
      ...history(1, [1, 2, 1], true),
      ...history(2, [2], true),
      ...history(3, [3, 3, 3, 1], false),
      ...history(4, [1], false),
      ...history(5, [2, 3], true),
    ],
    state: (database) => live(database, 'task_copy', 'id'),
  },
  accounting: {
    events: threeDays,
    // Left out: the harness makes the time of each event, which is when its line was booked.
    state: async (database) => ({
      days: await live(database, 'day', 'business_day'),
      accounts: await live(database, 'account', 'owner_id, owner_type'),
      accountDays: await live(database, 'account_day', 'owner_id, business_day'),
      closed: await live(database, 'closed_day', 'business_day'),
      prices: await live(database, 'price', 'task_id'),
      operations: (await live(database, 'operation', 'entry_id')).map((row) => ({ ...row, posted_at: null })),
    }),
  },
} satisfies ConsumerFixtures;
