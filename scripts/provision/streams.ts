/**
 * Makes the streams and buckets of all services where they are missing, and changes those that
 * differ: services themselves may not.
 */
import { STREAMS_BUCKET } from '#mixins/bus/epochs.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { SCHEMAS_BUCKET } from '#mixins/bus/schema-registry.ts';
import { IDENTITY_BUCKET } from '#mixins/identity/identity.ts';
import type { ProvisionStep } from '#mixins/provisioning.ts';
import { loadServiceFacts } from '../nats/service-facts.ts';

const BUCKETS = [IDENTITY_BUCKET, SCHEMAS_BUCKET, STREAMS_BUCKET];

/**
 * As the user of `natsUrls`, who needs all rights; does nothing where there are none. Throws what
 * NATS answers.
 */
export const provisionStreams: ProvisionStep = async ({ config, print }) => {
  if (config.natsUrls.length === 0) return {};
  const publishing = (await loadServiceFacts(config.product)).filter(({ publishes }) => publishes);
  const bus = createBus(config, { info() {}, warn: print, error: print });
  await bus.start();
  try {
    for (const { name } of publishing) await bus.ensureStream(name);
    for (const bucket of BUCKETS) await bus.bucket(bucket);
  } finally {
    await bus.stop();
  }
  print(`NATS has the streams of ${publishing.length} services and ${BUCKETS.length} buckets`);
  return {};
};
