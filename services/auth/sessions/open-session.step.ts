/** Opens a session for an account whose beak was right (AUTH-1). */
import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '#mixins/database/database.ts';
import type { SigningKey } from '#mixins/identity/issue.ts';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { Cause } from '#schemas/envelope.ts';
import { Problem } from '#schemas/errors.ts';
import type { Auth } from '../context.ts';
import type { Verified } from '../users/beak-hasher.client.ts';
import { changeLocked } from '../users/change-user.step.ts';
import { type Credentials, lockUser, noteSignIn, renewBeakHash } from '../users/user.store.ts';
import type { User } from '../users/user.ts';
import { sessionOpenedEvent } from '../users/user-events.ts';
import type { Attempt } from './attempt.ts';
import { drawRefreshToken, readSigningKey } from './issue-tokens.step.ts';
import { judgeAttempt } from './judge-attempt.handler.ts';
import { publishRevocations } from './publish-revocations.step.ts';
import { insertRefreshToken, insertSession, revokeLeastUsed } from './session.store.ts';
import { type Device, hashRefreshToken, type Session } from './session.ts';
import { refuseSpentBudgets } from './sign-in-budgets.store.ts';

/**
 * The most sessions beyond the limit that one sign-in ends. A lowered limit must not make its
 * transaction long.
 */
const MAX_ENDED = 100;

/** An account whose beak was right. */
interface Proven extends Omit<Verified<Credentials>, 'right'> {
  /** The hash of the beak that replaces the right one; null where it stays. */
  readonly nextHash: string | null;
}

/** An opened session, with the data for its tokens. */
export interface Opened {
  readonly user: User;
  readonly session: Session;
  readonly refreshToken: string;
  readonly key: SigningKey;
}

/**
 * Returns undefined when the account was deactivated or its hash changed since `read` was read. A
 * hash of a new beak (`nextHash`) replaces it, and ends all other sessions. Throws
 * `too_many_requests` when the budget of sign-ins is spent, and `beak_change_required`. Ends
 * sessions of the account beyond `SESSION_LIMIT`.
 */
export async function openSession(
  auth: Auth,
  { found: read, renewed, nextHash }: Proven,
  attempt: Attempt,
  device: Device,
  cause: Cause,
): Promise<Opened | undefined> {
  const refreshToken = drawRefreshToken();
  return judgeAttempt(auth, attempt, async (tx) => {
    await refuseSpentBudgets(auth, tx, attempt);
    const found = await lockUser(tx, read.id);
    if (found === undefined || !found.active || found.beakHash !== read.beakHash) return undefined;
    if (found.mustChangeBeak && nextHash === null) throw new Problem('beak_change_required');
    if (renewed !== null) await renewBeakHash(tx, found.id, renewed);
    const own = { ...cause, actorId: found.id };
    const user =
      nextHash === null
        ? found
        : await changeLocked(auth, tx, found, { changes: {}, beakHash: nextHash }, own);
    await noteSignIn(tx, user.id);
    const session = { id: uuidv7(), userId: user.id, revoked: false };
    await insertSession(tx, session, attempt.network);
    await insertRefreshToken(tx, session.id, hashRefreshToken(refreshToken), device);
    await appendEvents(tx, [sessionOpenedEvent(session, user.login, device.client ?? null, cause)]);
    await endSessionsBeyondLimit(auth, tx, session, own);
    return { user, session, refreshToken, key: await readSigningKey(auth, tx) };
  });
}

async function endSessionsBeyondLimit(auth: Auth, tx: Tx, opened: Session, cause: Cause): Promise<void> {
  const keep = auth.config.sessionLimit - 1;
  const ended = await revokeLeastUsed(tx, opened, keep, 'session_limit', MAX_ENDED);
  await publishRevocations(auth, tx, ended, 'session_limit', cause);
}
