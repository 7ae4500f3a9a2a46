/** Tokens whose signature and claims were verified, so that each is verified once a node and not once a call. */
import { hash } from 'node:crypto';
import type { CryptoKey } from 'jose';
import type { AccessClaims } from './access-token.ts';
import type { Actor } from './identity.ts';

/** Signed-in people of a large company on one node; at about 1 KB each this stays near 10 MB. */
const MAX_CACHED_TOKENS = 10_000;

/** What is known of a token once its signature was verified. */
export interface VerifiedToken {
  readonly kid: string;
  /** The key that verified it. */
  readonly key: CryptoKey | Uint8Array;
  readonly claims: AccessClaims;
  readonly actor: Actor;
}

/** Least recently used leaves first. Keyed by hash, so that no memory dump of it holds tokens that can be used. */
export class TokenCache {
  readonly #entries = new Map<string, VerifiedToken>();
  readonly #max: number;

  constructor(max: number = MAX_CACHED_TOKENS) {
    this.#max = max;
  }

  /** How many tokens it holds. */
  get size(): number {
    return this.#entries.size;
  }

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
    if (this.#entries.size <= this.#max) return;
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
