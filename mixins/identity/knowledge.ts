/** What a node knows about keys, users and sessions: the bucket's content, in memory. */
import { type CryptoKey, importJWK, type JWK } from 'jose';
import {
  ACCESS_TOKEN_ALGORITHM,
  ACCESS_TOKEN_SECONDS,
  type AccessClaims,
  CLOCK_TOLERANCE_SECONDS,
  type KnownUser,
  type RetiredKey,
} from './access-token.ts';

/** A change of one entry of the bucket; `value` is undefined for a removed one. */
export interface BucketChange {
  readonly key: string;
  readonly value: string | undefined;
}

/** Revocations are dropped when no token of the session can be alive any more; checked at most this often. */
const SWEEP_MS = 60_000;
/** From when it was heard of: the broker's clock may be another one than that by which tokens expire. */
const REMEMBER_MS = (ACCESS_TOKEN_SECONDS + 2 * CLOCK_TOLERANCE_SECONDS) * 1000;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isKnownUser(value: unknown): value is KnownUser {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    Number.isSafeInteger(value.version) &&
    'active' in value &&
    typeof value.active === 'boolean'
  );
}

function isRetired(value: unknown): value is RetiredKey {
  return typeof value === 'object' && value !== null && 'retired' in value && value.retired === true;
}

interface BelievedKey {
  readonly key: CryptoKey;
  readonly jwk: JWK;
}

/** The bucket's content as a node looks things up in it. */
export class IdentityKnowledge {
  readonly #keys = new Map<string, BelievedKey>();
  /** Ids of keys that are never believed again, whatever comes; one more with each rotation. */
  readonly #retired = new Set<string>();
  readonly #users = new Map<string, KnownUser>();
  /** Session id → when its revocation may be forgotten. */
  readonly #revoked = new Map<string, number>();
  #sweptAt = 0;

  /** Takes over one entry; entries may come again and in any order. Throws for a signing key that can't be used. */
  async apply(change: BucketChange): Promise<void> {
    const [kind, id] = split(change.key);
    if (kind === 'key') await this.#applyKey(id, change.value);
    else if (kind === 'user') this.#applyUser(id, change.value);
    else if (kind === 'session') this.#applySession(id, change.value);
  }

  /** The public key with which tokens of this key id are verified; undefined where none is believed. */
  keyOf(kid: string): CryptoKey | undefined {
    return this.#keys.get(kid)?.key;
  }

  /** All keys that are believed, as the bucket has them. */
  publicKeys(): JWK[] {
    return [...this.#keys.values()].map(({ jwk }) => jwk);
  }

  /** Whether what was true when the token was issued no longer is: session revoked, or user changed or deactivated (AUTH-4). */
  isStale(claims: Pick<AccessClaims, 'sub' | 'sid' | 'ver'>): boolean {
    if (this.#revoked.has(claims.sid)) return true;
    const user = this.#users.get(claims.sub);
    return user !== undefined && (!user.active || claims.ver < user.version);
  }

  async #applyKey(kid: string, value: string | undefined): Promise<void> {
    const parsed = value === undefined ? undefined : parse(value);
    if (isRetired(parsed)) this.#retired.add(kid);
    if (value === undefined || isRetired(parsed)) {
      this.#keys.delete(kid);
      return;
    }
    const jwk = parsed as JWK;
    const key = await importJWK(jwk, ACCESS_TOKEN_ALGORITHM);
    if (key instanceof Uint8Array || key.type !== 'public') throw new Error(`Key ${kid} is no public key`);
    // Looked at after the import: it may have been retired meanwhile. And a bucket that lost its tail brings back what it held.
    if (!this.#retired.has(kid)) this.#keys.set(kid, { key, jwk });
  }

  #applyUser(userId: string, value: string | undefined): void {
    const user = value === undefined ? undefined : parse(value);
    if (!isKnownUser(user)) return;
    // A reading that starts again may bring what was superseded meanwhile: a version never falls.
    if (user.version >= (this.#users.get(userId)?.version ?? 0)) this.#users.set(userId, user);
  }

  #applySession(sessionId: string, value: string | undefined): void {
    if (value !== undefined) this.#revoked.set(sessionId, Date.now() + REMEMBER_MS);
    this.#sweep();
  }

  #sweep(): void {
    const now = Date.now();
    if (now - this.#sweptAt < SWEEP_MS) return;
    this.#sweptAt = now;
    for (const [sessionId, until] of this.#revoked) if (until < now) this.#revoked.delete(sessionId);
  }
}

/** `user.<id>` → `user` and the id; ids hold no dot, and a kind without an id is nothing we know. */
function split(key: string): [string, string] {
  const dot = key.indexOf('.');
  return [key.slice(0, Math.max(dot, 0)), key.slice(dot + 1)];
}
