/** A service account as admins see it: another application's access to the API (AUTH-10). */
import { array, nullable, object, string, time } from '#schemas/answers.ts';
import { role } from '#schemas/fields/auth.ts';
import { id } from '#schemas/params.ts';

const person = object({ id: id(), name: string('Mia') });

export const serviceAccount = {
  id: id(),
  name: string('Warehouse'),
  /** The roles that its requests have. */
  scopes: array(role),
  expiresAt: time(),
  createdAt: time(),
  createdBy: person,
  /** Up to a minute late; null before the first use. */
  lastUsedAt: nullable(time()),
  /** Null unless it was revoked. */
  revokedAt: nullable(time()),
  revokedBy: nullable(person),
} as const;
