/** As whom a service may begin on its replica alone, when the primary is away and can't be asked which roles it has. */
import type { Address, ServiceAddresses } from './address.ts';
import { Probe } from './probe.ts';
import { lookAtReplica } from './replica-watch.ts';

/** As whom a service runs: with a role of its own, or as the owner of its database where that role could not be made. */
export type RuntimeRole = 'own' | 'owner';

/** The primary's address for this role. */
export function addressAs(role: RuntimeRole, { runtime, owner }: ServiceAddresses): Address {
  return role === 'own' ? runtime : owner;
}

/** The role that the replica, which has those of its primary, lets in; undefined where there is none that it answers. */
export async function roleOnReplica(
  addresses: ServiceAddresses,
  service: string,
  migrations: readonly string[],
): Promise<RuntimeRole | undefined> {
  const { readAs, makesDatabase } = addresses;
  if (readAs === null) return undefined;
  // In a database that we made there is a role of its own, and no reason to run with more rights.
  const roles: readonly RuntimeRole[] = makesDatabase ? ['own'] : ['own', 'owner'];
  for (const role of roles) {
    const probe = new Probe(readAs(addressAs(role, addresses)), service);
    try {
      await lookAtReplica(probe, migrations);
      return role;
    } catch {
      // The primary is waited for in any case, and what keeps that away is in the log.
    } finally {
      probe.close();
    }
  }
  return undefined;
}
