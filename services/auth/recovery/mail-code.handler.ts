/** Mails codes for new beaks (AUTH-13). One transaction for each request. */
import type { JWK } from 'jose';
import { appendEvents } from '#mixins/outbox/append.ts';
import { sealSecret } from '#mixins/sealed-secret.ts';
import type { Cause } from '#schemas/envelope.ts';
import { drawCode } from '../activation/activation-code.ts';
import { issueCode } from '../activation/issue-code.step.ts';
import type { Auth } from '../context.ts';
import { recoveryRequested } from '../users/account-mails.ts';
import { lockUser } from '../users/user.store.ts';
import {
  endRequest,
  lockRequest,
  mailsWithinHour,
  type RecoveryRequest,
  waitingRequests,
} from './recovery-request.store.ts';

/** Mails within an hour for an account. Further requests are answered in the same way. */
const MAILS_AN_HOUR = 3;

/**
 * `publicJwk` is the key of the service that sends the mail. Only that service can read the code:
 * it is neither stored here nor readable in the event.
 */
async function mailCode(auth: Auth, request: RecoveryRequest, publicJwk: JWK): Promise<void> {
  const { id, userId, address, correlationId, traceparent } = request;
  await auth.database.inTransaction(async (tx) => {
    if (!(await lockRequest(tx, id))) return;
    const user = userId === null ? undefined : await lockUser(tx, userId);
    const isMailed =
      user?.active === true && (await mailsWithinHour(tx, user.id, MAILS_AN_HOUR)) < MAILS_AN_HOUR;
    await endRequest(tx, id, isMailed);
    if (!isMailed) return;
    const code = drawCode();
    const cause: Cause = {
      actorId: 'anonymous',
      actorAddress: address,
      correlationId,
      causationId: null,
      traceparent,
    };
    await issueCode(tx, user.id, { kind: 'recovery', code }, cause);
    const sealed = await sealSecret(publicJwk, { recipient: user.email, secret: code });
    await appendEvents(tx, [recoveryRequested(user, sealed, cause)]);
  });
}

/** Requests of one pass. */
const BATCH = 100;

/**
 * One pass. Returns how many requests it handled. While the service that sends mails is away,
 * `sealingKey` throws, and the requests wait. The key is read in each pass, because that service
 * may get another database. A request that fails does not keep the later ones from their mails.
 */
export async function mailCodesOnce(auth: Auth, sealingKey: () => Promise<JWK>): Promise<number> {
  const requests = await auth.database.inTransaction((tx) => waitingRequests(tx, BATCH));
  if (requests.length === 0) return 0;
  const publicJwk = await sealingKey();
  const failures: unknown[] = [];
  for (const request of requests) {
    await mailCode(auth, request, publicJwk).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
  return requests.length;
}
