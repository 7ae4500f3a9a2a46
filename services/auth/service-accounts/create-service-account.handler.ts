/** Gives another application access (AUTH-10). */
import { v7 as uuidv7 } from 'uuid';
import { withIdempotency } from '#mixins/database/idempotency.ts';
import type { Request } from '#mixins/identity/request.ts';
import { drawSecret, hashSecret, serviceToken } from '#mixins/identity/service-token.ts';
import { timeIn } from '#mixins/lists.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { ActionAnswer, ActionParams } from '#schemas/action.ts';
import type create from '#schemas/actions/auth/create-service-account.ts';
import type { Auth } from '../context.ts';
import { entryOfServiceAccount } from '../identity/identity-entries.ts';
import { publishEntries } from '../identity/publish-entries.step.ts';
import { insertServiceAccount } from './service-account.store.ts';
import { refuseUnfit, serviceAccountCreatedEvent } from './service-account.ts';

/**
 * The token of a repeated request is null: its secret is stored nowhere. Throws `validation_failed`
 * (`refuseUnfit`) and what `withIdempotency` throws.
 */
export async function createServiceAccount(
  auth: Auth,
  { name, scopes, expiresAt: expiry }: ActionParams<typeof create>,
  { actor, cause, idempotency }: Request,
  now: Date,
): Promise<ActionAnswer<typeof create>> {
  const expiresAt = timeIn('expiresAt', expiry);
  const secret = drawSecret();
  const account = { id: uuidv7(), name, scopes, expiresAt, revoked: false };
  const { id } = await auth.database.inTransaction((tx) =>
    withIdempotency(tx, idempotency, async () => {
      // A repeated request gets its first answer, even when the expiry has passed since.
      refuseUnfit(scopes, expiresAt, now);
      await insertServiceAccount(tx, account, hashSecret(secret), actor.userId);
      await appendEvents(tx, [serviceAccountCreatedEvent(account, cause)]);
      await publishEntries(auth, tx, [entryOfServiceAccount(account, hashSecret(secret))]);
      return { id: account.id };
    }),
  );
  return { id, token: id === account.id ? serviceToken(id, secret) : null };
}
