/**
 * Verifies tokens against the state of a node. No I/O: the clock and the state are passed
 * in.
 */
import { hash } from 'node:crypto';
import { type CryptoKey, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { Problem } from '#schemas/errors.ts';
import {
  ACCESS_TOKEN_ALGORITHM,
  ACCESS_TOKEN_TYPE,
  type AccessClaims,
  actorOfClaims,
  CLOCK_TOLERANCE_SECONDS,
  GRACE_SECONDS,
  MAX_TOKEN_LENGTH,
  readClaims,
} from './access-token.ts';
import type { Actor } from './identity.ts';
import type { IdentityKnowledge } from './knowledge.ts';
import { actorOfService, hasSecret, parseServiceToken, SERVICE_TOKEN_PREFIX } from './service-token.ts';

/** Verifies tokens of one issuer, which is the namespace. */
export class TokenVerifier {
  readonly #namespace: string;
  readonly #knowledge: IdentityKnowledge;
  readonly #isOwnerAway: () => Promise<boolean>;
  readonly #now: () => number;
  readonly #cache = new TokenCache();
  #uses: Record<string, number> = {};

  /**
   * `isOwnerAway` says whether tokens can't be refreshed now. `now` gives milliseconds since 1970.
   */
  constructor(
    namespace: string,
    knowledge: IdentityKnowledge,
    isOwnerAway: () => Promise<boolean>,
    now: () => number = Date.now,
  ) {
    this.#namespace = namespace;
    this.#knowledge = knowledge;
    this.#isOwnerAway = isOwnerAway;
    this.#now = now;
  }

  /**
   * See `Identity.verify`. Only the signature and the claims are cached. Values that can change
   * later are checked every time.
   */
  async verify(token: string): Promise<Actor> {
    if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) throw new Problem('invalid_token');
    if (token.startsWith(SERVICE_TOKEN_PREFIX)) return this.#verifyService(token);
    const verified = this.#cached(token) ?? (await this.#verifyAnew(token));
    if (this.#knowledge.keyOf(verified.kid) === undefined) throw new Problem('invalid_token');
    if (await this.#isOver(verified.claims)) {
      this.#cache.delete(token);
      throw new Problem('token_expired');
    }
    if (this.#knowledge.isStale(verified.claims)) throw new Problem('token_stale');
    return verified.actor;
  }

  /**
   * An expired token is accepted while its user cannot refresh it, for some hours (AUTH-7). Its
   * revocation is remembered as long.
   */
  async #isOver({ exp }: AccessClaims): Promise<boolean> {
    const lateSeconds = this.#now() / 1000 - exp - CLOCK_TOLERANCE_SECONDS;
    if (lateSeconds < 0) return false;
    return lateSeconds >= GRACE_SECONDS || !(await this.#isOwnerAway());
  }

  /** See `Identity.takeUses`. */
  takeUses(): Readonly<Record<string, number>> {
    const uses = this.#uses;
    this.#uses = {};
    return uses;
  }

  #verifyService(token: string): Actor {
    const { id, secret } = parseServiceToken(token) ?? { id: '', secret: '' };
    const service = this.#knowledge.serviceOf(id);
    if (service === undefined || !hasSecret(service, secret)) throw new Problem('invalid_token');
    if (this.#now() >= service.expiresAt) throw new Problem('token_expired');
    this.#uses[id] = this.#now();
    return actorOfService(id, service);
  }

  /**
   * Also undefined where the key id has had another key since. A foreign key that was in the bucket
   * must not validate tokens after its removal.
   */
  #cached(token: string): VerifiedToken | undefined {
    const verified = this.#cache.get(token);
    return verified && this.#knowledge.keyOf(verified.kid) === verified.key ? verified : undefined;
  }

  async #verifyAnew(token: string): Promise<VerifiedToken> {
    const getKey: JWTVerifyGetKey = ({ kid }) => {
      const key = kid === undefined ? undefined : this.#knowledge.keyOf(kid);
      if (key === undefined) throw new errors.JWKSNoMatchingKey();
      return key;
    };
    try {
      const { payload, protectedHeader, key } = await jwtVerify(token, getKey, {
        algorithms: [ACCESS_TOKEN_ALGORITHM],
        typ: ACCESS_TOKEN_TYPE,
        issuer: this.#namespace,
        audience: this.#namespace,
        // An expired token may still be accepted, see `#isOver`.
        clockTolerance: GRACE_SECONDS + CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(this.#now()),
      });
      const claims = readClaims(payload);
      if (claims === undefined || protectedHeader.kid === undefined) throw new Problem('invalid_token');
      // A token issued in the future would outlive the record of its session's revocation.
      const latest = this.#now() / 1000 + CLOCK_TOLERANCE_SECONDS;
      if (Math.max(claims.iat, payload.nbf ?? 0) > latest) throw new Problem('invalid_token');
      const verified = { kid: protectedHeader.kid, key, claims, actor: actorOfClaims(claims) };
      this.#cache.set(token, verified);
      return verified;
    } catch (error) {
      // The cause gives details of the refusal, which clients must not see.
      if (error instanceof errors.JWTExpired) throw new Problem('token_expired');
      if (error instanceof errors.JOSEError) throw new Problem('invalid_token');
      throw error;
    }
  }
}

/**
 * The most cached tokens: the signed-in people of a large company on one node. At about 1 KB each,
 * that is near 10 MB.
 */
const MAX_CACHED_TOKENS = 10_000;

/** The result of verifying a token's signature. */
interface VerifiedToken {
  readonly kid: string;
  /** The key that verified it. */
  readonly key: CryptoKey | Uint8Array;
  readonly claims: AccessClaims;
  readonly actor: Actor;
}

/**
 * Tokens whose signature and claims were verified, so that a node verifies each token only once.
 * The least recently used token is removed first. Keys are hashes, so that a memory dump holds no
 * usable tokens.
 */
class TokenCache {
  readonly #entries = new Map<string, VerifiedToken>();

  /** Also marks it as the most recently used. */
  get(token: string): VerifiedToken | undefined {
    const key = keyOf(token);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  /** Adds a token. A full cache drops the least recently used one. */
  set(token: string, entry: VerifiedToken): void {
    this.#entries.set(keyOf(token), entry);
    if (this.#entries.size <= MAX_CACHED_TOKENS) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }

  delete(token: string): void {
    this.#entries.delete(keyOf(token));
  }
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64');
}
