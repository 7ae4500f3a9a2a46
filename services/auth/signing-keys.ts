/**
 * Which key signs. Rotation in three steps that overlap: a key is published when it is made, signs from `signsFrom` (later than every
 * node has heard of it), and the key before it is retired when its last token has expired. A key that is not retired is believed.
 */
import type { JWK } from 'jose';

export interface StoredKey {
  readonly kid: string;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
  readonly signsFrom: Date;
  /** Null for a key that is in use. */
  readonly retiredAt: Date | null;
}

/** The newest key that may sign at `now`; undefined where there is none. */
export function signingKeyAt(keys: readonly StoredKey[], now: Date): StoredKey | undefined {
  return believedKeysAt(keys, now)
    .filter((key) => key.signsFrom <= now)
    .sort((a, b) => b.signsFrom.getTime() - a.signsFrom.getTime())[0];
}

/** The keys with which tokens may be verified at `now`, those that sign later among them. */
export function believedKeysAt(keys: readonly StoredKey[], now: Date): StoredKey[] {
  return keys.filter((key) => key.retiredAt === null || key.retiredAt > now);
}
