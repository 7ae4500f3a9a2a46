/**
 * A grant: what a person has given to an application by signing in. Its code is exchanged once for
 * an access token, which is only good for `/oidc/userinfo`. Pure.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { Cause } from '#schemas/envelope.ts';
import { oidcGrantGiven } from '#schemas/events/auth/oidc-grant-given.v1.ts';
import type { AuthorizationRequest, Scope } from './authorization-request.ts';

/** The life of a code in seconds: the application's server exchanges it at once. */
export const CODE_SECONDS = 60;
/** The life of an access token and of an ID token, in seconds. */
export const GRANTED_SECONDS = 600;
/** Grants are kept this long, in milliseconds, so that the reuse of a code is noticed. */
export const GRANT_MS = 60 * 60_000;

export interface Grant {
  readonly id: string;
  readonly clientId: string;
  readonly userId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly nonce: string | null;
  readonly scopes: readonly Scope[];
  /** When the person signed in, in milliseconds since 1970. */
  readonly signedInAt: Date;
  readonly codeExpired: boolean;
  readonly redeemed: boolean;
  readonly revoked: boolean;
  /** Whether the session is open and the account active. */
  readonly isOpen: boolean;
}

/** How an application uses a code. */
export interface CodeUse {
  readonly clientId: string;
  readonly redirectUri: string | undefined;
  readonly codeVerifier: string | undefined;
}

/** `reused`: somebody else may have the code, so its token is revoked. */
export type UseOfCode = 'redeem' | 'reused' | 'refused';

export function useOfCode(grant: Grant, { clientId, redirectUri, codeVerifier }: CodeUse): UseOfCode {
  if (grant.clientId !== clientId) return 'refused';
  if (grant.redeemed) return 'reused';
  const isTheirs = grant.redirectUri === redirectUri && verifies(codeVerifier ?? '', grant.codeChallenge);
  return isTheirs && !grant.codeExpired && !grant.revoked && grant.isOpen ? 'redeem' : 'refused';
}

/** RFC 7636, 4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

function verifies(verifier: string, challenge: string): boolean {
  if (!VERIFIER.test(verifier)) return false;
  const digest = createHash('sha256').update(verifier).digest('base64url');
  return digest.length === challenge.length && timingSafeEqual(Buffer.from(digest), Buffer.from(challenge));
}

/** A new code or access token, of 256 random bits. Only hashes are stored. */
export const drawToken = (): string => randomBytes(32).toString('base64url');
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** An application got access. The actor is the person who gave it. */
export const grantGivenEvent = (
  grantId: string,
  { client, scopes }: Pick<AuthorizationRequest, 'client' | 'scopes'>,
  session: { readonly id: string; readonly userId: string },
  cause: Cause,
): NewEvent =>
  newEvent(
    oidcGrantGiven,
    grantId,
    1,
    { grantId, userId: session.userId, sessionId: session.id, client: client.id, scopes },
    { ...cause, actorId: session.userId },
  );

/** What the claims are made from. */
export interface Person {
  readonly userId: string;
  readonly login: string;
  readonly name: string;
  readonly email: string;
  readonly locale: string | null;
}

/** The claims of a person that the scopes give, beside `sub`. */
export function claimsOf({ login, name, email, locale }: Person, scopes: readonly Scope[]) {
  return {
    ...(scopes.includes('profile')
      ? { name, preferred_username: login, ...(locale === null ? {} : { locale }) }
      : {}),
    // Nobody has proved that the address is theirs.
    ...(scopes.includes('email') ? { email, email_verified: false } : {}),
  };
}
