/** What the metrics show of the pools and the loops of a service. */
import type { Sequelize } from 'sequelize';
import type { Loops } from '#mixins/loops/loops.ts';
import type { Metrics } from '#mixins/metrics/metrics.ts';
import type { Database } from './database.ts';

/** The parts of Sequelize's pool that its declarations leave out. */
interface Pool {
  readonly size: number;
  readonly using: number;
  readonly waiting: number;
  readonly maxSize: number;
}

/** One pool, or one for each server where there is a replica. */
function poolsOf(sequelize: Sequelize): readonly (readonly [server: string, pool: Pool])[] {
  const { pool } = sequelize.connectionManager as unknown as { pool: Pool | { read: Pool; write: Pool } };
  if (!('read' in pool)) return [['primary', pool]];
  return [
    ['primary', pool.write],
    ['replica', pool.read],
  ];
}

export function addDatabaseMetrics(metrics: Metrics, { service, sequelize }: Database, loops: Loops): void {
  metrics.add({
    name: `${service}-pool`,
    labels: ['service', 'server'],
    metrics: {
      database_connections: { type: 'gauge', help: 'Open connections of a pool' },
      database_connections_used: { type: 'gauge', help: 'Connections of a pool that run something' },
      database_connections_max: { type: 'gauge', help: 'Most connections of a pool (DATABASE_POOL_SIZE)' },
      database_waiting: { type: 'gauge', help: 'Work that waits for a connection of a pool' },
    },
    read: () =>
      poolsOf(sequelize).map(([server, pool]) => ({
        labels: { service, server },
        values: {
          database_connections: pool.size,
          database_connections_used: pool.using,
          database_connections_max: pool.maxSize,
          database_waiting: pool.waiting,
        },
      })),
  });
  metrics.add({
    name: `${service}-loops`,
    labels: ['loop'],
    metrics: {
      loop_passes_total: { type: 'counter', help: 'Passes of a loop that have begun on this node' },
      loop_stalled: { type: 'gauge', help: 'Whether a loop has work and has made no progress for a minute' },
      loop_standstill_seconds: {
        type: 'gauge',
        help: 'How long a loop has made no progress; 0 while it does',
      },
    },
    read: () =>
      loops.figures().map(({ loop, passes, isStalled, standstillMs }) => ({
        labels: { loop },
        values: {
          loop_passes_total: passes,
          loop_stalled: Number(isStalled),
          loop_standstill_seconds: standstillMs / 1_000,
        },
      })),
  });
}
