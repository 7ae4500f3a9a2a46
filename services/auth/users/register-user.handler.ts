/** Registers an account (AUTH-2, AUTH-3). */
import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '#mixins/database/database.ts';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import type { Request } from '#mixins/identity/request.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { ActionAnswer, ActionParams } from '#schemas/action.ts';
import type register from '#schemas/actions/auth/register.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import { drawCode } from '../activation/activation-code.ts';
import { issueCode } from '../activation/issue-code.step.ts';
import type { Auth } from '../context.ts';
import { entryOfUser } from '../identity/identity-entries.ts';
import { publishEntries } from '../identity/publish-entries.step.ts';
import { refuseWeakBeak } from './beak.ts';
import { hidingBeaks } from './hide-beaks.client.ts';
import { insertUser } from './user.store.ts';
import { type User, viewOf } from './user.ts';
import { userRegisteredEvent } from './user-events.ts';

type NewUser = ActionParams<typeof register>;

/** The beak of an account without one. Nobody learns it. */
const UNKNOWN_BEAK_BYTES = 32;

/**
 * Without a beak nobody can sign in before the owner has redeemed the code of the answer. The
 * answer to a repeated request has no code, because the kept one has none. Throws
 * `validation_failed` for a weak beak, `login_taken`, and what `withIdempotency` throws.
 */
export async function registerUser(
  auth: Auth,
  params: NewUser,
  { cause, idempotency: asked }: Request,
): Promise<ActionAnswer<typeof register>> {
  const beak = params.beak ?? undefined;
  if (beak !== undefined) refuseWeakBeak(beak, params.login);
  const beakHash = await auth.hasher.hash(beak ?? randomBytes(UNKNOWN_BEAK_BYTES).toString('base64'));
  const idempotency = await hidingBeaks(auth, asked, params, ['beak']);
  const code = drawCode();
  return auth.database.inTransaction(async (tx) => {
    let activationCode: string | null = null;
    const view = await withIdempotency(tx, idempotency, async () => {
      const user = await addUser(auth, tx, params, beakHash, cause);
      if (beak === undefined) {
        await issueCode(tx, user.id, { kind: 'activation', code }, cause);
        activationCode = code;
      }
      return viewOf(user);
    });
    return { ...view, activationCode };
  });
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
      mustChangeBeak: false,
      tokenVersion: 1,
    },
    beakHash,
  );
  if (user === undefined) throw new Problem('login_taken');
  await appendEvents(tx, [userRegisteredEvent(user, cause)]);
  await publishEntries(auth, tx, [entryOfUser(user)]);
  return user;
}
