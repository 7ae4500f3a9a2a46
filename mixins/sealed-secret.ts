/**
 * Secrets that pass through the broker, such as one-time codes in requests for mails. Events are
 * kept and logged, so the secret is encrypted for the one service that must know it (RFC 7516). It
 * is bound to its recipient: nobody can request the same secret for another one.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, importJWK, type JWK } from 'jose';

const KEY_MANAGEMENT = 'ECDH-ES';
const ENCRYPTION = 'A256GCM';
/** PKCS #8 of an X25519 key, without its 32 bytes (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** A secret for one recipient. */
export interface SecretFor {
  readonly recipient: string;
  readonly secret: string;
}

/** The key pair of a service, made from a secret of 32 bytes that it keeps. */
export function sealingKeys(kept: KeyObject): { readonly privateKey: KeyObject; readonly publicJwk: JWK } {
  const der = Buffer.concat([PKCS8_PREFIX, kept.export()]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { privateKey, publicJwk: createPublicKey(privateKey).export({ format: 'jwk' }) as JWK };
}

/** Encrypts a secret for the owner of the key. */
export async function sealSecret(publicJwk: JWK, { recipient, secret }: SecretFor): Promise<string> {
  const plaintext = new TextEncoder().encode(JSON.stringify({ recipient, secret }));
  return new CompactEncrypt(plaintext)
    .setProtectedHeader({ alg: KEY_MANAGEMENT, enc: ENCRYPTION })
    .encrypt(await importJWK(publicJwk, KEY_MANAGEMENT));
}

/** Throws for a text that was not sealed for this key, or for another recipient. */
export async function openSecret(privateKey: KeyObject, sealed: string, recipient: string): Promise<string> {
  const { plaintext } = await compactDecrypt(sealed, privateKey, {
    keyManagementAlgorithms: [KEY_MANAGEMENT],
    contentEncryptionAlgorithms: [ENCRYPTION],
  });
  const opened = JSON.parse(new TextDecoder().decode(plaintext)) as SecretFor;
  if (opened.recipient !== recipient) throw new Error('The secret is for another recipient');
  return opened.secret;
}
