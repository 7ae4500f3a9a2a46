/**
 * The events that the consumer harness delivers to the consumers of this service: every type of
 * every stream, with sample data from its schema.
 */
import type { Database } from '#mixins/database/database.ts';
import { serviceOf } from '#schemas/event.ts';
import { loadEventContracts } from '#schemas/load.ts';
import type { ConsumerFixture, ConsumerFixtures } from '../../test/harness/consumers/fixture.ts';
import { sampleEvents } from '../../test/harness/consumers/samples.ts';

// PostgreSQL can't store NUL in a text, but the log must record every event.
const text = (n: number) => `text ${n} \0 "тест"`;

const state = (database: Database) =>
  database.rows(
    `SELECT type, stream, subject, sequence, source, actor_id, whole_state, data FROM audit_record
     ORDER BY stream, subject, sequence, type`,
  );

const contracts = await loadEventContracts();
const streams = [...new Set(contracts.map(({ type }) => serviceOf(type)))];

export default Object.fromEntries(
  streams.map((stream): [string, ConsumerFixture] => {
    const ours = contracts.filter(({ type }) => serviceOf(type) === stream);
    return [stream, { events: () => sampleEvents(ours, { text }), state }];
  }),
) satisfies ConsumerFixtures;
