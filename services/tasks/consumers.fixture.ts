/** The events that the consumer harness delivers to the consumers of this service. */
import { userChanged } from '#schemas/events/auth/user-changed.v1.ts';
import { userRegistered } from '#schemas/events/auth/user-registered.v1.ts';
import {
  type ConsumerFixtures,
  type FixtureEvent,
  fixtureEvent,
} from '../../test/harness/consumers/fixture.ts';

const uuid = (n: number) => `0195a000-0000-7000-8000-${String(n).padStart(12, '0')}`;

function account(n: number, name: string, roles: readonly string[], active: boolean) {
  const login = name.toLowerCase();
  const email = `${login}@popug.example`;
  return {
    userId: uuid(n),
    login,
    name,
    email,
    locale: null,
    roles,
    active,
    mustChangeBeak: false,
    tokenVersion: 1,
  };
}

const registered = (n: number, name: string, roles: readonly string[]): FixtureEvent =>
  fixtureEvent(userRegistered, uuid(n), 1, account(n, name, roles, true));

const changed = (n: number, sequence: number, name: string, roles: readonly string[], active = true) =>
  fixtureEvent(userChanged, uuid(n), sequence, account(n, name, roles, active));

export default {
  users: {
    events: () => [
      registered(1, 'Ada', ['admin']),
      registered(2, 'Mia', ['manager']),
      registered(3, 'Pip', ['developer']),
      registered(4, 'Rio', ['developer', 'boss']),
      registered(5, 'Kiwi', []),
      changed(3, 2, 'Pip', ['developer'], false),
      changed(2, 2, 'Mia', ['developer']),
      registered(6, 'Lory', ['accountant']),
      changed(3, 3, 'Pip', ['developer']),
      changed(4, 2, 'Rio', ['developer', 'manager']),
      changed(5, 2, 'Kiwi Kea', []),
      changed(3, 4, 'Pip', ['developer'], false),
      registered(7, 'Polly', ['developer']),
      changed(7, 2, 'Polly', ['developer'], false),
    ],
    // Seats depend on the order of arrival, and the number of versions depends on the batches. The
    // set of seated users does not, so only that is compared.
    state: async (database) => ({
      users: await database.rows(
        `SELECT id, name, active, roles, assignable, seat IS NOT NULL AS seated, version FROM user_copy ORDER BY id`,
      ),
      population: await database.rows(
        `SELECT size, ARRAY(SELECT seat FROM user_copy WHERE seat IS NOT NULL ORDER BY seat) AS seats
         FROM population ORDER BY version DESC LIMIT 1`,
      ),
      newestHolders: await database.rows(
        `SELECT count(*) AS count FROM (
           SELECT DISTINCT ON (number) number, user_id FROM seat
           WHERE number < (SELECT size FROM population ORDER BY version DESC LIMIT 1)
           ORDER BY number, population_version DESC
         ) AS holder JOIN user_copy ON user_copy.id = holder.user_id AND user_copy.seat = holder.number`,
      ),
    }),
  },
} satisfies ConsumerFixtures;
