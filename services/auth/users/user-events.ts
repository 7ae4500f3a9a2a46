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

/** Named one by one, so that nothing else of an account gets into an event. */
function accountOf({ id: userId, login, name, email, locale, roles, active, tokenVersion }: User) {
  return { userId, login, name, email, locale, roles, active, tokenVersion };
}

/** An account was registered (AUTH-3). */
export const userRegisteredEvent = (user: User, cause: Cause): NewEvent =>
  newEvent(userRegistered, user.id, user.version, accountOf(user), cause);

/** An account was changed, its beak perhaps (AUTH-3). */
export const userChangedEvent = (user: User, cause: Cause): NewEvent =>
  newEvent(userChanged, user.id, user.version, accountOf(user), cause);

/** A session has two events at most: it is opened and revoked, each once. */
export const sessionOpenedEvent = (session: Session, login: string, cause: Cause): NewEvent =>
  newEvent(
    sessionOpened,
    session.id,
    1,
    { sessionId: session.id, userId: session.userId, login },
    { ...cause, actorId: session.userId },
  );

/** A session has ended before its time. */
export const sessionRevokedEvent = (session: Session, reason: RevocationReason, cause: Cause): NewEvent =>
  newEvent(sessionRevoked, session.id, 2, { sessionId: session.id, userId: session.userId, reason }, cause);

/** A refusal is an aggregate of its own. `login` is what the log keeps of the login tried (`keptLogin`). */
export const sessionRefusedEvent = (
  id: string,
  login: string,
  userId: string | null,
  reason: RefusalReason,
  cause: Cause,
): NewEvent => newEvent(sessionRefused, id, 1, { login, userId, reason }, cause);

/** A key takes over from others; `number` is how many there have been. Ids only, never a key. */
export const signingKeyRotatedEvent = (
  issuer: string,
  number: number,
  rotation: Omit<SigningKeyRotated, 'issuer'>,
  cause: Cause,
): NewEvent => newEvent(signingKeyRotated, issuer, number, { issuer, ...rotation }, cause);
