/**
 * What a service tells the consumer harness about its consumers: `services/<name>/consumers.fixture.ts`,
 * default export, one fixture by consumer key. A consumer without one fails the harness.
 *
 * ```ts
 * import type { ConsumerFixtures } from '../../test/harness/consumers/fixture.ts';
 * import { fixtureEvent } from '../../test/harness/consumers/fixture.ts';
 *
 * export default {
 *   users: {
 *     events: () => [fixtureEvent(userRegistered, id, 1, {…}), fixtureEvent(userChanged, id, 2, {…})],
 *     state: (database) => database.rows('SELECT id, name, roles FROM user_copy ORDER BY id'),
 *   },
 * } satisfies ConsumerFixtures;
 * ```
 */
import type { Database } from '#mixins/database/database.ts';
import type { Platform } from '#mixins/platform.ts';
import type { EventContract, EventData } from '#schemas/event.ts';

/** An event as its stream would carry it; the harness adds id, time and actor. */
export interface FixtureEvent {
  readonly contract: EventContract;
  readonly aggregateId: string;
  /** The aggregate's version, 1 for the first; without gaps in the whole sequence. */
  readonly sequence: number;
  readonly data: unknown;
}

/** Makes a fixture's event whose data is checked against its contract by the compiler. */
export function fixtureEvent<C extends EventContract>(
  contract: C,
  aggregateId: string,
  sequence: number,
  data: EventData<C>,
): FixtureEvent {
  return { contract, aggregateId, sequence, data };
}

export interface ConsumerFixture {
  /**
   * A realistic sequence in the order of the stream: 8 to 200 events of at least 3 aggregates, each
   * type that the consumer reads at least once, several versions of some aggregate (unless its
   * aggregates have one each). The same on every call: no clock, no draws.
   */
  events(): readonly FixtureEvent[];
  /**
   * The final effects of the consumer: business keys, amounts and final balances, in a fixed order,
   * as JSON-like values. Leave out values that may differ: random ids, times, the order of lines,
   * balances after each line.
   */
  state(database: Database, platform: Platform): Promise<unknown>;
  /**
   * Called on the empty, migrated database before the first event, such as to open the business
   * day.
   */
  prepare?(database: Database, platform: Platform): Promise<void>;
}

/** By key in the service's `consumers`. */
export type ConsumerFixtures = Readonly<Record<string, ConsumerFixture>>;
