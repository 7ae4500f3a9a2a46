/**
 * S4: a backlog of assignments, booked by the accounting service alone, with its relay: on one node,
 * and on two. It is the bench `accounting` in a namespace of its own on the servers of the system,
 * which is idle.
 */
import { measureBooking, type Scenario } from '../accounting.ts';
import type { Run } from './run.ts';
import type { Row, Target } from './table.ts';

const TARGET: Target = { of: 'ratio', bound: 'least', limit: 3.5 };
const ONE_NODE: Scenario = { mix: 'created', relay: true, nodes: 1 };
const TWO_NODES: Scenario = { ...ONE_NODE, nodes: 2 };

export async function backlogBooked(run: Run): Promise<Row[]> {
  const { system, amounts } = run;
  const b1 = await run.b1();
  // The harness of tests reads its servers here.
  process.env.TEST_RUN_NATS_URL = system.natsUrl;
  process.env.TEST_RUN_DATABASE_URL = system.databaseUrl;
  const rows: Row[] = [];
  for (const lines of amounts.bookedOn) {
    await measureBooking(lines, amounts.bookedEvents, [ONE_NODE, TWO_NODES], (figures, scenario, before) => {
      const { events, seconds } = figures;
      const on = scenario === ONE_NODE ? '' : 'two nodes, ';
      rows.push({
        id: 'S4',
        what: `backlog of assignments booked, relay on, ${on}${before.toLocaleString('en')} lines`,
        value: events / seconds,
        unit: 'events/s',
        baseline: { name: 'B1', value: b1.rate },
        ...(scenario === ONE_NODE ? { target: TARGET } : {}),
        note: `the last ${Math.round(events)} of ${amounts.bookedEvents} events`,
      });
    });
  }
  return rows;
}
