/**
 * Who is signed in, without a remote call: from the bucket of keys, user versions and revoked
 * sessions. The service that has the accounts owns the bucket.
 */
import type { JWK } from 'jose';
import type { Context } from 'moleculer';
import type { RequestMeta } from '#schemas/action.ts';

/** The action that takes `UsesOfServices`, after the name of the bucket's owner. */
export const USES_ACTION = 'services.used';

/** See `Identity.takeUses`. */
export interface UsesOfServices {
  readonly uses: Readonly<Record<string, number>>;
}

/** The bucket's name without the namespace. */
export const IDENTITY_BUCKET = 'identity';

/** A user or a service account, as described by a verified token. */
export interface Actor {
  readonly userId: string;
  readonly login: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly sessionId: string;
  /** Set for a service account (service-token.ts), which is no person: its id is no user's. */
  readonly isService?: true;
}

/** A node's view of who is signed in. */
export interface Identity {
  /** Reads the whole bucket, and then follows it. The bus must be started. */
  start(): Promise<void>;
  /** Stops following. The last state stays. */
  stop(): Promise<void>;
  /**
   * Verifies an access token (signature, issuer, audience, type, times, session not revoked, user
   * version not older than known) or the token of a service account. Throws the problems
   * `invalid_token`, `token_expired` or `token_stale`.
   */
  verify(token: string): Promise<Actor>;
  /**
   * Applies an entry of the bucket before the broker delivers it. The bucket's owner calls it after
   * its commits. So its node obeys a change at once, also while the broker is away. Throws for a
   * key that can't be used.
   */
  learn(key: string, value: object): Promise<void>;
  /**
   * When service accounts were last used on this node, in milliseconds since 1970 by their ids,
   * since the last call.
   */
  takeUses(): Readonly<Record<string, number>>;
  /** The public keys with which this node verifies tokens now (AUTH-1). */
  publicKeys(): JWK[];
}

/** Values that the authorization middleware leaves for a handler. */
export interface RequestLocals {
  actor?: Actor;
}

/** The context of an action that clients call. */
export type RequestContext<Params = unknown> = Context<Params, RequestMeta, RequestLocals>;
