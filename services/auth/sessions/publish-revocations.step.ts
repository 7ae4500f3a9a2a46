/** Publishes that sessions were revoked, in the transaction that revoked them. */
import type { Tx } from '#mixins/database/database.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { Cause } from '#schemas/envelope.ts';
import type { Auth } from '../context.ts';
import { entryOfRevokedSession } from '../identity/identity-entries.ts';
import { publishEntries } from '../identity/publish-entries.step.ts';
import { sessionRevokedEvent } from '../users/user-events.ts';
import type { RevocationReason, Session } from './session.ts';

/** Appends the events, and makes every node refuse the tokens of these sessions. */
export async function publishRevocations(
  auth: Auth,
  tx: Tx,
  sessions: readonly Session[],
  reason: RevocationReason,
  cause: Cause,
): Promise<void> {
  await appendEvents(
    tx,
    sessions.map((session) => sessionRevokedEvent(session, reason, cause)),
  );
  await publishEntries(auth, tx, sessions.map(entryOfRevokedSession));
}
