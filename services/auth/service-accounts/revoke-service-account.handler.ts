/** Ends the access of an application (AUTH-10). */
import type { Request } from '#mixins/identity/request.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import { Problem } from '#schemas/errors.ts';
import type { Auth } from '../context.ts';
import { entryOfRevokedService } from '../identity/identity-entries.ts';
import { publishEntries } from '../identity/publish-entries.step.ts';
import { lockServiceAccount, markRevoked } from './service-account.store.ts';
import { serviceAccountRevokedEvent } from './service-account.ts';

/** Changes nothing where it was revoked before. Throws `not_found`. */
export function revokeServiceAccount(
  auth: Auth,
  id: string,
  { actor, cause }: Pick<Request, 'actor' | 'cause'>,
): Promise<void> {
  return auth.database.inTransaction(async (tx) => {
    const account = await lockServiceAccount(tx, id);
    if (account === undefined) throw new Problem('not_found');
    if (account.revoked) return;
    await markRevoked(tx, id, actor.userId);
    await appendEvents(tx, [serviceAccountRevokedEvent(account, cause)]);
    await publishEntries(auth, tx, [entryOfRevokedService(id)]);
  });
}
