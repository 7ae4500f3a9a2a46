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
  type GenerateKeyPairOptions,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import { ACCESS_TOKEN_ALGORITHM } from '#mixins/identity/access-token.ts';
import type { SigningKey } from '#mixins/identity/issue.ts';
import { ARGON2_OPTIONS } from '../users/beak-hasher.client.ts';
import type { SealedHalves } from './signing-key.store.ts';
import { ID_TOKEN_ALGORITHM, type StoredKey } from './signing-keys.ts';

const KEY_MANAGEMENT = 'dir';
const ENCRYPTION = 'A256GCM';
const SEALING_KEY_BYTES = 32;

const RSA_BITS = 2048;

/** A new key, ready to be stored. */
export type NewKey = Pick<
  StoredKey,
  'kid' | 'publicJwk' | 'privateJwk' | 'privateJwe' | 'idPublicJwk' | 'idPrivateJwe'
>;

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
    const access = await this.#makePair(ACCESS_TOKEN_ALGORITHM, { crv: 'Ed25519' });
    const id = await this.#makePair(ID_TOKEN_ALGORITHM, { modulusLength: RSA_BITS });
    return {
      kid: access.kid,
      publicJwk: access.publicJwk,
      privateJwk: null,
      privateJwe: access.privateJwe,
      idPublicJwk: id.publicJwk,
      idPrivateJwe: id.privateJwe,
    };
  }

  async #makePair(alg: string, options: GenerateKeyPairOptions) {
    const pair = await generateKeyPair(alg, { ...options, extractable: true });
    const kid = randomUUID();
    const privateJwk = { ...(await exportJWK(pair.privateKey)), kid, alg };
    const publicJwk = { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' };
    return { kid, publicJwk, privateJwe: await this.#seal(privateJwk, kid) };
  }

  /** Opens a key with another vault and seals it with this one; throws `KeyUnreadableError`. */
  async reseal(stored: StoredKey, from: KeyVault): Promise<SealedHalves> {
    const { kid } = stored;
    const id = idHalfOf(stored);
    return {
      kid,
      privateJwe: await this.#seal(await from.#privateJwk(stored), kid),
      idPrivateJwe: id === undefined ? null : await this.#seal(await from.#unseal(id), id.kid),
    };
  }

  /** Returns the RSA key that signs ID tokens; throws `KeyUnreadableError`. */
  async openIdTokenKey(stored: StoredKey): Promise<SigningKey> {
    const id = idHalfOf(stored);
    if (id === undefined) throw new KeyUnreadableError(stored.kid);
    return this.#cached(id.kid, async () =>
      importPrivateKey(await this.#unseal(id), id.kid, ID_TOKEN_ALGORITHM),
    );
  }

  /** Returns the key to sign with; throws `KeyUnreadableError`. */
  open(stored: StoredKey): Promise<SigningKey> {
    return this.#cached(stored.kid, async () =>
      importPrivateKey(await this.#privateJwk(stored), stored.kid, ACCESS_TOKEN_ALGORITHM),
    );
  }

  #cached(kid: string, open: () => Promise<SigningKey>): Promise<SigningKey> {
    const known = this.#opened.get(kid);
    if (known !== undefined) return known;
    const opening = open();
    this.#opened.set(kid, opening);
    // A failure is not cached: memory may have been short.
    opening.catch(() => this.#opened.delete(kid));
    return opening;
  }

  async #privateJwk({ kid, privateJwk, privateJwe }: StoredKey): Promise<JWK> {
    if (privateJwk !== null) return privateJwk;
    if (privateJwe === null) throw new KeyUnreadableError(kid);
    return this.#unseal({ kid, jwe: privateJwe });
  }

  async #unseal({ kid, jwe }: SealedHalf): Promise<JWK> {
    return unseal(jwe, kid, await sealingKey(await this.#secret(), kid));
  }

  async #seal(jwk: JWK, kid: string): Promise<string> {
    return seal(jwk, kid, await sealingKey(await this.#secret(), kid));
  }
}

interface SealedHalf {
  readonly kid: string;
  readonly jwe: string;
}

/** The sealed RSA key; undefined where it was deleted, or where an earlier release made the key. */
function idHalfOf({ idPublicJwk, idPrivateJwe }: StoredKey): SealedHalf | undefined {
  const kid = idPublicJwk?.kid;
  return kid === undefined || idPrivateJwe === null ? undefined : { kid, jwe: idPrivateJwe };
}

async function importPrivateKey(jwk: JWK, kid: string, alg: string): Promise<SigningKey> {
  const privateKey = await importJWK(jwk, alg);
  if (privateKey instanceof Uint8Array || privateKey.type !== 'private') throw new KeyUnreadableError(kid);
  return { kid, privateKey };
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
