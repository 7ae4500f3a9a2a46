/** An account as clients see it (AUTH-2). */
import { array, boolean, nullable, string, time } from '#schemas/answers.ts';
import { locale, login, role } from '#schemas/fields/auth.ts';
import { id } from '#schemas/params.ts';

export const user = {
  id: id(),
  login,
  name: string('Pip'),
  email: string('pip@example.com'),
  locale: nullable(locale),
  roles: array(role),
  active: boolean(),
  /** Whether the next sign-in must bring a new beak. */
  mustChangeBeak: boolean(),
  createdAt: time(),
  /** Null where the account never signed in. */
  lastSignInAt: nullable(time()),
} as const;
