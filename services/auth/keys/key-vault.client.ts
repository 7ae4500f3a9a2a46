/**
 * Draws signing keys, and seals and opens their private halves (ADR 10) as encrypted JWKs (RFC
 * 7517, section 7) under AES-256-GCM.
 *
 * The encryption key is derived from `KEY_SECRET` by argon2id, which makes guessing as costly as
 * for a beak. Every backup holds the sealed keys, and an operator may have chosen a weak secret.
 */
import { createHash, randomUUID } from 'node:crypto';
import { hashRaw } from '@node-rs/argon2';
import {
  CompactEncrypt,
  compactDecrypt,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import { ACCESS_TOKEN_ALGORITHM } from '#mixins/identity/access-token.ts';
import type { SigningKey } from '#mixins/identity/issue.ts';
import { ARGON2_OPTIONS } from '../users/beak-hasher.client.ts';
import type { StoredKey } from './signing-keys.ts';

const KEY_MANAGEMENT = 'dir';
const ENCRYPTION = 'A256GCM';
const SEALING_KEY_BYTES = 32;

/** A new key, ready to be stored. */
export type NewKey = Pick<StoredKey, 'kid' | 'publicJwk' | 'privateJwk' | 'privateJwe'>;

/** The private half was sealed with another secret, is damaged, or belongs to another key. */
export class KeyUnreadableError extends Error {
  constructor(kid: string, cause?: unknown) {
    super(`The private half of signing key ${kid} can't be opened with KEY_SECRET`, {
      cause,
    });
    this.name = 'KeyUnreadableError';
  }
}

/** Seals private keys for storage. Each is opened only once. */
export class KeyVault {
  readonly #secret: () => Promise<string>;
  readonly #opened = new Map<string, Promise<SigningKey>>();

  /** `secret` is the sealing secret, or a function that returns it and is called each time. */
  constructor(secret: string | (() => Promise<string>)) {
    this.#secret = typeof secret === 'string' ? async () => secret : secret;
  }

  /** Makes a key and seals it. */
  async make(): Promise<NewKey> {
    const pair = await generateKeyPair(ACCESS_TOKEN_ALGORITHM, { crv: 'Ed25519', extractable: true });
    const kid = randomUUID();
    const named = { kid, alg: ACCESS_TOKEN_ALGORITHM };
    const privateJwk = { ...(await exportJWK(pair.privateKey)), ...named };
    const publicJwk = { ...(await exportJWK(pair.publicKey)), ...named, use: 'sig' };
    return { kid, publicJwk, privateJwk: null, privateJwe: await this.#seal(privateJwk, kid) };
  }

  /** Opens a key with another vault and seals it with this one; throws `KeyUnreadableError`. */
  async reseal(stored: StoredKey, from: KeyVault): Promise<string> {
    return this.#seal(await from.#privateJwk(stored), stored.kid);
  }

  /** Returns the key to sign with; throws `KeyUnreadableError`. */
  open(stored: StoredKey): Promise<SigningKey> {
    const known = this.#opened.get(stored.kid);
    if (known !== undefined) return known;
    const opening = this.#open(stored);
    this.#opened.set(stored.kid, opening);
    // A failure is not cached: memory may have been short.
    opening.catch(() => this.#opened.delete(stored.kid));
    return opening;
  }

  async #open(stored: StoredKey): Promise<SigningKey> {
    const privateKey = await importJWK(await this.#privateJwk(stored), ACCESS_TOKEN_ALGORITHM);
    if (privateKey instanceof Uint8Array || privateKey.type !== 'private') {
      throw new KeyUnreadableError(stored.kid);
    }
    return { kid: stored.kid, privateKey };
  }

  async #privateJwk({ kid, privateJwk, privateJwe }: StoredKey): Promise<JWK> {
    if (privateJwk !== null) return privateJwk;
    if (privateJwe === null) throw new KeyUnreadableError(kid);
    return unseal(privateJwe, kid, await sealingKey(await this.#secret(), kid));
  }

  async #seal(jwk: JWK, kid: string): Promise<string> {
    return seal(jwk, kid, await sealingKey(await this.#secret(), kid));
  }
}

/** The key's id is the salt, so that each key has its own sealing key. */
function sealingKey(secret: string, kid: string): Promise<Uint8Array> {
  const salt = createHash('sha256').update(`signing-key/${kid}`).digest();
  return hashRaw(secret, { ...ARGON2_OPTIONS, salt, outputLen: SEALING_KEY_BYTES });
}

function seal(jwk: JWK, kid: string, key: Uint8Array): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(jwk)))
    .setProtectedHeader({ alg: KEY_MANAGEMENT, enc: ENCRYPTION, cty: 'jwk+json', kid })
    .encrypt(key);
}

async function unseal(jwe: string, kid: string, key: Uint8Array): Promise<JWK> {
  try {
    const { plaintext } = await compactDecrypt(jwe, key, {
      keyManagementAlgorithms: [KEY_MANAGEMENT],
      contentEncryptionAlgorithms: [ENCRYPTION],
    });
    return JSON.parse(new TextDecoder().decode(plaintext)) as JWK;
  } catch (error) {
    if (error instanceof errors.JOSEError) throw new KeyUnreadableError(kid, error);
    throw error;
  }
}
