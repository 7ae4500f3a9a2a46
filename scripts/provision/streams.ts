/**
 * Makes missing streams and buckets of all services, and updates those that differ. The services
 * themselves may not do that.
 */
import { STREAMS_BUCKET } from '#mixins/bus/epochs.ts';
import { createBus } from '#mixins/bus/nats-bus.ts';
import { SCHEMAS_BUCKET } from '#mixins/bus/schema-registry.ts';
import { IDENTITY_BUCKET } from '#mixins/identity/identity.ts';
import type { ProvisionOptions, ProvisionStep } from '#mixins/provisioning.ts';
import { loadServiceFacts } from '../nats/service-facts.ts';

const BUCKETS = [IDENTITY_BUCKET, SCHEMAS_BUCKET, STREAMS_BUCKET];

/** Without `natsUrls` it does nothing. Throws the error of NATS. */
export const provisionStreams: ProvisionStep = async ({ config, print }) => {
  if (config.natsUrls.length === 0) return {};
  const count = await makeStreams({ config, print });
  print(`NATS has the streams of ${count} services and ${BUCKETS.length} buckets`);
  return {};
};

/**
 * Connects as the user of `natsUrls`, which needs all rights. `print` gets warnings. Returns how many
 * services have a stream. Throws the error of NATS.
 */
export async function makeStreams({ config, print }: ProvisionOptions): Promise<number> {
  const publishing = (await loadServiceFacts(config.product)).filter(({ publishes }) => publishes);
  const bus = createBus(config, { info() {}, warn: print, error: print });
  await bus.start();
  try {
    for (const { name } of publishing) await bus.ensureStream(name);
    for (const bucket of BUCKETS) await bus.bucket(bucket);
  } finally {
    await bus.stop();
  }
  return publishing.length;
}
