/**
 * Verification of access tokens against what a node knows. No I/O: the clock and the knowledge are
 * passed in.
 */
import { hash } from 'node:crypto';
import { type CryptoKey, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { Problem } from '#schemas/errors.ts';
import {
  ACCESS_TOKEN_ALGORITHM,
  ACCESS_TOKEN_SECONDS,
  ACCESS_TOKEN_TYPE,
  type AccessClaims,
  actorOfClaims,
  CLOCK_TOLERANCE_SECONDS,
  MAX_TOKEN_LENGTH,
  readClaims,
} from './access-token.ts';
import type { Actor } from './identity.ts';
import type { IdentityKnowledge } from './knowledge.ts';

/** Verifies tokens of one issuer, which is the namespace. */
export class TokenVerifier {
  readonly #namespace: string;
  readonly #knowledge: IdentityKnowledge;
  readonly #now: () => number;
  readonly #cache = new TokenCache();

  /** `now` gives milliseconds since 1970. */
  constructor(namespace: string, knowledge: IdentityKnowledge, now: () => number = Date.now) {
    this.#namespace = namespace;
    this.#knowledge = knowledge;
    this.#now = now;
  }

  /**
   * See `Identity.verify`. Only the signature and the claims are cached: what can change meanwhile
   * is looked at every time.
   */
  async verify(token: string): Promise<Actor> {
    if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) throw new Problem('invalid_token');
    const verified = this.#cached(token) ?? (await this.#verifyAnew(token));
    if (this.#knowledge.keyOf(verified.kid) === undefined) throw new Problem('invalid_token');
    if (this.#now() / 1000 >= verified.claims.exp + CLOCK_TOLERANCE_SECONDS) {
      this.#cache.delete(token);
      throw new Problem('token_expired');
    }
    if (this.#knowledge.isStale(verified.claims)) throw new Problem('token_stale');
    return verified.actor;
  }

  /**
   * Undefined also where another key has stood under the key id since: a foreign one in the bucket
   * must vouch for nothing once it is gone.
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
        // Issued in the future it would outlive the memory of its session's end, too.
        maxTokenAge: ACCESS_TOKEN_SECONDS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(this.#now()),
      });
      const claims = readClaims(payload);
      if (claims === undefined || protectedHeader.kid === undefined) throw new Problem('invalid_token');
      const verified = { kid: protectedHeader.kid, key, claims, actor: actorOfClaims(claims) };
      this.#cache.set(token, verified);
      return verified;
    } catch (error) {
      // The cause says why, which is nobody's business but ours: it is not passed on.
      if (error instanceof errors.JWTExpired) throw new Problem('token_expired');
      if (error instanceof errors.JOSEError) throw new Problem('invalid_token');
      throw error;
    }
  }
}

/** Signed-in people of a large company on one node; at about 1 KB each this stays near 10 MB. */
const MAX_CACHED_TOKENS = 10_000;

/** What is known of a token once its signature was verified. */
interface VerifiedToken {
  readonly kid: string;
  /** The key that verified it. */
  readonly key: CryptoKey | Uint8Array;
  readonly claims: AccessClaims;
  readonly actor: Actor;
}

/**
 * Tokens whose signature and claims were verified, so that each is verified once a node and not
 * once a call. Least recently used leaves first. Keyed by hash, so that no memory dump of it holds
 * tokens that can be used.
 */
class TokenCache {
  readonly #entries = new Map<string, VerifiedToken>();

  /** Makes it the one that was used last. */
  get(token: string): VerifiedToken | undefined {
    const key = keyOf(token);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  /** Keeps a token, in the place of the one that was used longest ago where it is full. */
  set(token: string, entry: VerifiedToken): void {
    this.#entries.set(keyOf(token), entry);
    if (this.#entries.size <= MAX_CACHED_TOKENS) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }

  /** Forgets a token. */
  delete(token: string): void {
    this.#entries.delete(keyOf(token));
  }
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64');
}
