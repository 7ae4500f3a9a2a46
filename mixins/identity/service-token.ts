/**
 * Tokens of service accounts: programs of the company, which are no people. A token is opaque. Its
 * account, and the hash of its secret, are in the bucket, so every node verifies it from memory.
 *
 * It is not signed, because signing keys rotate: their tokens expire within minutes.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Actor } from './identity.ts';

/** Begins each token, so that scanners for leaked secrets find it. */
export const SERVICE_TOKEN_PREFIX = 'sat_';
/** The random bytes of a secret: a plain hash is enough for 256 bits. */
const SECRET_BYTES = 32;
const TOKEN = /^sat_([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([A-Za-z0-9_-]{43})$/;

/** The bucket's value under `service.<id>`. */
export interface KnownService {
  readonly version: 1;
  readonly name: string;
  readonly roles: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** SHA-256 of the secret, in hexadecimal. */
  readonly secretHash: string;
}

/** The bucket's value under `service.<id>` once the account was revoked, for good. */
export interface RevokedService {
  readonly version: number;
  readonly revoked: true;
}
/** Newer than any account that is not revoked. */
export const REVOKED_SERVICE: RevokedService = { version: 2, revoked: true };

/** The bucket's key for a service account. */
export const serviceEntry = (id: string) => `service.${id}`;

export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Draws a secret. It is only in the token; everything else has its hash. */
export const drawSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

export const serviceToken = (id: string, secret: string): string => `${SERVICE_TOKEN_PREFIX}${id}.${secret}`;

/** The parts of a token; undefined where it is malformed. */
export function parseServiceToken(
  token: string,
): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = TOKEN.exec(token) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

export const hasSecret = ({ secretHash }: KnownService, secret: string): boolean =>
  timingSafeEqual(Buffer.from(secretHash), Buffer.from(hashSecret(secret)));

/** Its id stands for the session, too: it has no other. */
export const actorOfService = (id: string, { name, roles }: KnownService): Actor => ({
  userId: id,
  login: '',
  name,
  roles,
  sessionId: id,
  isService: true,
});

const HASH = /^[0-9a-f]{64}$/;

export function isKnownService(value: unknown): value is KnownService {
  const { version, name, roles, expiresAt, secretHash } = (value ?? {}) as Partial<KnownService>;
  const isNamed = version === 1 && typeof name === 'string' && Number.isSafeInteger(expiresAt);
  const hasRoles = Array.isArray(roles) && roles.every((role) => typeof role === 'string');
  return isNamed && hasRoles && typeof secretHash === 'string' && HASH.test(secretHash);
}

export function isRevokedService(value: unknown): value is RevokedService {
  return (value as Partial<RevokedService> | null | undefined)?.revoked === true;
}
