/** Whose account a request is about, and whether who asks may see it (ACC-3). */
import type { Actor } from '#mixins/identity/identity.ts';
import { Problem } from '#schemas/errors.ts';

/** Who sees any account. */
const ALL_SEEING: readonly string[] = ['accountant', 'admin'];

/** The id of the user whose account is asked for: `me`, or an id. Throws `forbidden` for another's. */
export function ownerAskedFor(actor: Actor, meOrId: string): string {
  const id = meOrId === 'me' ? actor.userId : meOrId.toLowerCase();
  if (id !== actor.userId && !actor.roles.some((role) => ALL_SEEING.includes(role))) {
    throw new Problem('forbidden', 'You may see your own account only');
  }
  return id;
}
