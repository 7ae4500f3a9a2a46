/**
 * S4: a backlog of assignments, booked by the accounting service alone, with its relay. It is the
 * bench `accounting` in a namespace of its own on the servers of the system, which is idle.
 */
import { measureBooking } from '../accounting.ts';
import type { Run } from './run.ts';
import type { Row } from './table.ts';

export async function backlogBooked(run: Run): Promise<Row[]> {
  const { system, amounts } = run;
  const b1 = await run.b1();
  // The harness of tests reads its servers here.
  process.env.TEST_RUN_NATS_URL = system.natsUrl;
  process.env.TEST_RUN_DATABASE_URL = system.databaseUrl;
  const rows: Row[] = [];
  for (const lines of amounts.bookedOn) {
    await measureBooking(lines, amounts.bookedEvents, [{ mix: 'created', relay: true }], (figures) => {
      const { events, seconds } = figures;
      rows.push({
        id: 'S4',
        what: `backlog of assignments booked, relay on, ${lines.toLocaleString('en')} lines`,
        value: events / seconds,
        unit: 'events/s',
        baseline: { name: 'B1', value: b1.rate },
        target: { of: 'ratio', bound: 'least', limit: 3.5 },
        note: `the last ${Math.round(events)} of ${amounts.bookedEvents} events`,
      });
    });
  }
  return rows;
}
