/** As whom a service may begin on its replica alone, when the primary is away and can't be asked which roles it has. */
import type { Address, ServiceAddresses } from './address.ts';
import { Probe } from './probe.ts';
import { keptRuntime } from './provision.ts';
import { lookAtReplica } from './replica-watch.ts';

/**
 * The address on the primary as whom the replica, which has its roles, lets the service in; undefined where there
 * is none that it answers.
 */
export async function runtimeOnReplica(
  addresses: ServiceAddresses,
  service: string,
  migrations: readonly string[],
): Promise<Address | undefined> {
  const { readAs, makesDatabase, owner, runtime } = addresses;
  if (readAs === null) return undefined;
  // The replica has what the primary keeps. Where its URL names another role, that one may read, but not there.
  const kept = await keptRuntime(readAs(owner), runtime).catch(() => runtime);
  // In a database that we made there is a role of its own, and no reason to run with more rights.
  for (const candidate of makesDatabase ? [kept] : [kept, owner]) {
    const probe = new Probe(readAs(candidate), service);
    try {
      await lookAtReplica(probe, migrations);
      return candidate;
    } catch {
      // The primary is waited for in any case, and what keeps that away is in the log.
    } finally {
      probe.close();
    }
  }
  return undefined;
}
