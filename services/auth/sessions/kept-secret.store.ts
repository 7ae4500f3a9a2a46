/** Secrets of this service, cached in memory. */
import type { KeyObject } from 'node:crypto';
import type { Database } from '#mixins/database/database.ts';
import { serviceSecret } from '#mixins/database/secrets.store.ts';

/**
 * `login` is the key of the digests of attempted logins, `refresh` that of successors of refresh
 * tokens. Reads the secret from the database once. After a failed read, the next call reads again.
 */
export function keptSecretOf(database: Database, name: 'login' | 'refresh'): () => Promise<KeyObject> {
  let known: Promise<KeyObject> | undefined;
  return () => {
    if (known === undefined) {
      known = database.inTransaction((tx) => serviceSecret(tx, name));
      known.catch(() => {
        known = undefined;
      });
    }
    return known;
  };
}
