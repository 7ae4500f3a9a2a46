/** Makes the first admin if there is none, so that somebody can register the others. */
import { randomBytes } from 'node:crypto';
import type { Cause } from '#schemas/envelope.ts';
import { ConfigError } from '../../../settings.ts';
import type { Auth } from '../context.ts';
import { weaknessOf } from './beak.ts';
import { addUser } from './register-user.handler.ts';
import { adminExists, lockAdmins } from './user.store.ts';
import { ADMIN } from './user.ts';

const DRAWN_BEAK_BYTES = 18;

/** The admin that was made. */
export interface FirstAdmin {
  readonly login: string;
  /** The drawn beak, to be shown once; null when the configuration set it. */
  readonly drawnBeak: string | null;
}

/**
 * Returns null if there is an admin already. Any number of nodes may do this at the same time: one
 * makes the admin. Throws a `ConfigError` if `ADMIN_BEAK` is too easy to guess.
 */
export async function ensureFirstAdmin(auth: Auth, cause: Cause): Promise<FirstAdmin | null> {
  // Checks before hashing, which would slow down every start of a node. The check under the lock
  // decides.
  if (await auth.database.inTransaction(adminExists)) return null;
  const { adminLogin, adminBeak } = auth.config;
  if (adminBeak !== null && weaknessOf(adminBeak, adminLogin) !== null) {
    throw new ConfigError('ADMIN_BEAK', '***', 'a secret that is uncommon and differs from the login');
  }
  const beak = adminBeak ?? randomBytes(DRAWN_BEAK_BYTES).toString('base64url');
  const beakHash = await auth.hasher.hash(beak);
  const made = await auth.database.inTransaction(async (tx) => {
    await lockAdmins(tx);
    if (await adminExists(tx)) return false;
    const admin = {
      login: adminLogin,
      name: 'Administrator',
      email: `${adminLogin}@localhost.localdomain`,
      roles: [ADMIN],
    };
    await addUser(auth, tx, admin, beakHash, cause);
    return true;
  });
  return made ? { login: adminLogin, drawnBeak: adminBeak === null ? beak : null } : null;
}
