/** Resolves the account that a request names, and checks that the caller may see it (ACC-3). */
import type { Actor } from '#mixins/identity/identity.ts';
import { Problem } from '#schemas/errors.ts';

/** Roles that may see any account. */
const ALL_SEEING: readonly string[] = ['accountant', 'admin'];

/** Whether the caller may see any account. */
export const seesAll = (actor: Actor): boolean => actor.roles.some((role) => ALL_SEEING.includes(role));

/**
 * The user id of the requested account. `me` stands for the caller. Throws `forbidden` for another
 * user's account, and `not_found` for `me` of a service account, which has none.
 */
export function ownerAskedFor(actor: Actor, meOrId: string): string {
  if (meOrId === 'me' && actor.isService) throw new Problem('not_found', 'Service accounts have no account');
  const id = meOrId === 'me' ? actor.userId : meOrId.toLowerCase();
  if (id !== actor.userId && !seesAll(actor)) {
    throw new Problem('forbidden', 'You may see your own account only');
  }
  return id;
}
