/** The events of accounts, sessions and signing keys. */
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { Cause } from '#schemas/envelope.ts';
import { sessionOpened } from '#schemas/events/auth/session-opened.v1.ts';
import { sessionRefused } from '#schemas/events/auth/session-refused.v1.ts';
import { sessionRevoked } from '#schemas/events/auth/session-revoked.v1.ts';
import { type SigningKeyRotated, signingKeyRotated } from '#schemas/events/auth/signing-key-rotated.v1.ts';
import { userChanged } from '#schemas/events/auth/user-changed.v1.ts';
import { userRegistered } from '#schemas/events/auth/user-registered.v1.ts';
import type { RefusalReason, RevocationReason, Session } from '../sessions/session.ts';
import type { User } from './user.ts';

/** The fields are listed one by one, so that no other field of an account gets into an event. */
function accountOf(user: User) {
  const { id: userId, login, name, email, locale, roles, active, mustChangeBeak, tokenVersion } = user;
  return { userId, login, name, email, locale, roles, active, mustChangeBeak, tokenVersion };
}

/** An account was registered (AUTH-3). */
export const userRegisteredEvent = (user: User, cause: Cause): NewEvent =>
  newEvent(userRegistered, user.id, user.version, accountOf(user), cause);

/** An account was changed, possibly only its beak (AUTH-3). */
export const userChangedEvent = (user: User, cause: Cause): NewEvent =>
  newEvent(userChanged, user.id, user.version, accountOf(user), cause);

/** A session has at most two events: opened and revoked, each once. */
export const sessionOpenedEvent = (
  session: Session,
  login: string,
  client: string | null,
  cause: Cause,
): NewEvent =>
  newEvent(
    sessionOpened,
    session.id,
    1,
    { sessionId: session.id, userId: session.userId, login, client },
    { ...cause, actorId: session.userId },
  );

/** A session ended early. */
export const sessionRevokedEvent = (session: Session, reason: RevocationReason, cause: Cause): NewEvent =>
  newEvent(sessionRevoked, session.id, 2, { sessionId: session.id, userId: session.userId, reason }, cause);

/**
 * A refusal is an aggregate of its own. `login` is the stored form of the attempted login
 * (`keptLogin`).
 */
export const sessionRefusedEvent = (
  id: string,
  login: string,
  userId: string | null,
  reason: RefusalReason,
  cause: Cause,
): NewEvent => newEvent(sessionRefused, id, 1, { login, userId, reason }, cause);

/**
 * A new key takes over. `number` is its number among all keys. The event has ids only, never a key.
 */
export const signingKeyRotatedEvent = (
  issuer: string,
  number: number,
  rotation: Omit<SigningKeyRotated, 'issuer'>,
  cause: Cause,
): NewEvent => newEvent(signingKeyRotated, issuer, number, { issuer, ...rotation }, cause);
