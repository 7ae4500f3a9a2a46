/**
 * Fingerprints of requests with secrets. They are stored for a day. A plain hash of a body with a
 * beak would let attackers guess the beak.
 */
import type { IdempotentRequest } from '#mixins/database/idempotency.ts';
import { fingerprintOfParams } from '#schemas/canonical.ts';
import type { Auth } from '../context.ts';

/** The request with a fingerprint in which the `hidden` params are a costly digest. */
export async function hidingBeaks<P extends object>(
  auth: Pick<Auth, 'hasher'>,
  idempotency: IdempotentRequest | null,
  params: P,
  hidden: readonly (keyof P)[],
): Promise<IdempotentRequest | null> {
  const secrets = hidden.map((field) => params[field] ?? null);
  if (idempotency === null || secrets.every((secret) => secret === null)) return idempotency;
  const { userId, route, key } = idempotency;
  const digest = await auth.hasher.digest(JSON.stringify(secrets), JSON.stringify([userId, route, key]));
  const others = Object.fromEntries(
    Object.entries(params).filter(([name]) => !hidden.includes(name as keyof P)),
  );
  return { ...idempotency, fingerprint: fingerprintOfParams({ ...others, digest }) };
}
