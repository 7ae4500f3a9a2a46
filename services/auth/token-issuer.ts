/** Makes access tokens with the key that signs at the moment, and refresh tokens. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { importJWK } from 'jose';
import { ACCESS_TOKEN_ALGORITHM, ACCESS_TOKEN_SECONDS } from '../../mixins/identity/access-token.ts';
import { issueAccessToken, type SigningKey } from '../../mixins/identity/issue.ts';
import { Problem } from '../../schemas/errors.ts';
import type { Tokens } from './context.ts';
import { type StoredKey, signingKeyAt } from './signing-keys.ts';
import type { User } from './user.ts';

/** How long keys are used without looking again, in milliseconds; a new key signs much later than it is published. */
const KEYS_CACHED_MS = 60_000;
const REFRESH_TOKEN_BYTES = 32;

/** Opaque; only its hash is kept. */
export const drawRefreshToken = (): string => randomBytes(REFRESH_TOKEN_BYTES).toString('base64url');

/** A refresh token has 256 bits of chance: a plain hash is enough to keep it by. */
export const hashRefreshToken = (token: string): Buffer => createHash('sha256').update(token).digest();

export class TokenIssuer {
  readonly #namespace: string;
  readonly #load: () => Promise<readonly StoredKey[]>;
  readonly #imported = new Map<string, SigningKey>();
  #keys: readonly StoredKey[] = [];
  #loadedAt = Number.NEGATIVE_INFINITY;

  /** `load` reads all keys. */
  constructor(namespace: string, load: () => Promise<readonly StoredKey[]>) {
    this.#namespace = namespace;
    this.#load = load;
  }

  /** Throws `service_unavailable` where no key may sign, which only a database that was tampered with brings about. */
  async tokensFor(user: User, sessionId: string, refreshToken: string): Promise<Tokens> {
    const now = Date.now();
    const stored = signingKeyAt(await this.keys(), new Date(now));
    if (stored === undefined) throw new Problem('service_unavailable', 'There is no key to sign tokens with');
    const subject = {
      userId: user.id,
      sessionId,
      version: user.tokenVersion,
      login: user.login,
      name: user.name,
      roles: user.roles,
    };
    return {
      accessToken: await issueAccessToken(
        await this.#import(stored),
        this.#namespace,
        subject,
        randomUUID(),
        now,
      ),
      refreshToken,
      tokenType: 'Bearer',
      expiresIn: ACCESS_TOKEN_SECONDS,
    };
  }

  /** All keys, from memory for a minute. */
  async keys(): Promise<readonly StoredKey[]> {
    const now = performance.now();
    if (now - this.#loadedAt < KEYS_CACHED_MS) return this.#keys;
    this.#keys = await this.#load();
    this.#loadedAt = now;
    return this.#keys;
  }

  async #import(stored: StoredKey): Promise<SigningKey> {
    const known = this.#imported.get(stored.kid);
    if (known !== undefined) return known;
    const privateKey = await importJWK(stored.privateJwk, ACCESS_TOKEN_ALGORITHM);
    if (privateKey instanceof Uint8Array) throw new Error(`Signing key ${stored.kid} is a secret`);
    const key = { kid: stored.kid, privateKey };
    this.#imported.set(stored.kid, key);
    return key;
  }
}
