/**
 * Looks whether the stream of a service is ahead of its restored database before any consumer runs. Otherwise a consumer could apply orphaned
 * events that it gets in the first second, before the service's own relay has looked.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '#mixins/bus/bus.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import type { Database } from '#mixins/database/database.ts';
import { SILENT } from '#mixins/log.ts';
import { Relay } from '#mixins/outbox/relay.ts';
import type { Config } from '../../config.ts';

/** A NATS that does not answer within this many milliseconds is left alone: the relays look when it is there. */
const CONNECT_WITHIN_MS = 5_000;

/** What looks at the streams; null where no NATS is configured or none answers. To be stopped. */
export async function busForLooks(config: Config): Promise<Bus | null> {
  if (config.natsUrls.length === 0) return null;
  // The user of these URLs has all rights; a service's own may not look at everything.
  const bus = createBus({ ...config, serviceNatsUrls: {} }, SILENT);
  const started = bus.start().then(() => true);
  const connected = await Promise.race([
    started.catch(() => false),
    delay(CONNECT_WITHIN_MS, false, { ref: false }),
  ]);
  if (connected) return bus;
  await bus.stop();
  return null;
}

/** The first pass of a relay does nothing but look, and notes what it finds beside the stream's epoch. */
export async function lookForOrphans(database: Database, bus: Bus): Promise<void> {
  const relay = new Relay({ database, bus, log: SILENT });
  try {
    await relay.pass();
  } finally {
    relay.close();
  }
}
