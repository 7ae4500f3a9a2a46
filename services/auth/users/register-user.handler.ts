/** Registers an account (AUTH-2, AUTH-3). */
import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import type { Request } from '#mixins/identity/request.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { ActionParams } from '#schemas/action.ts';
import type register from '#schemas/actions/auth/register.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import type { Auth } from '../context.ts';
import { entryOfUser } from '../identity/identity-entries.ts';
import { publishEntries } from '../identity/publish-entries.step.ts';
import { refuseWeakBeak } from './beak.ts';
import { hidingBeaks } from './hide-beaks.client.ts';
import { insertUser } from './user.store.ts';
import { type User, type UserView, viewOf } from './user.ts';
import { userRegisteredEvent } from './user-events.ts';

type NewUser = ActionParams<typeof register>;

/** Throws `validation_failed` for a weak beak, `login_taken`, and what `withIdempotency` throws. */
export async function registerUser(auth: Auth, params: NewUser, request: Request): Promise<UserView> {
  refuseWeakBeak(params.beak, params.login);
  const beakHash = await auth.hasher.hash(params.beak);
  const idempotency = await hidingBeaks(auth, request.idempotency, params, ['beak']);
  return auth.database.inTransaction((tx) =>
    withIdempotency(tx, idempotency, async () =>
      viewOf(await addUser(auth, tx, params, beakHash, request.cause)),
    ),
  );
}

/** Adds an account in a transaction; throws `login_taken`. */
export async function addUser(
  auth: Auth,
  tx: Tx,
  { login, name, email, roles, locale }: Omit<NewUser, 'beak'>,
  beakHash: string,
  cause: Cause,
): Promise<User> {
  const user = await insertUser(
    tx,
    {
      id: uuidv7(),
      login,
      name,
      email,
      locale: locale ?? null,
      roles,
      active: true,
      version: 1,
      tokenVersion: 1,
    },
    beakHash,
  );
  if (user === undefined) throw new Problem('login_taken');
  await appendEvents(tx, [userRegisteredEvent(user, cause)]);
  await publishEntries(auth, tx, [entryOfUser(user)]);
  return user;
}
