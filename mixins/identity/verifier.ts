/** Verification of access tokens against what a node knows. No I/O: the clock and the knowledge are passed in. */
import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { Problem } from '#schemas/errors.ts';
import {
  ACCESS_TOKEN_ALGORITHM,
  ACCESS_TOKEN_SECONDS,
  ACCESS_TOKEN_TYPE,
  actorOfClaims,
  CLOCK_TOLERANCE_SECONDS,
  MAX_TOKEN_LENGTH,
  readClaims,
} from './access-token.ts';
import type { Actor } from './identity.ts';
import type { IdentityKnowledge } from './knowledge.ts';
import { TokenCache, type VerifiedToken } from './token-cache.ts';

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

  /** See `Identity.verify`. Only the signature and the claims are cached: what can change meanwhile is looked at every time. */
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
