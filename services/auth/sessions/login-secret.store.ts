/** The secret that hashes attempted logins, cached in memory. */
import type { KeyObject } from 'node:crypto';
import type { Database } from '#mixins/database/database.ts';
import { serviceSecret } from '#mixins/database/secrets.store.ts';

/** Reads the secret from the database once. After a failed read, the next call reads again. */
export function loginSecretOf(database: Database): () => Promise<KeyObject> {
  let known: Promise<KeyObject> | undefined;
  return () => {
    if (known === undefined) {
      known = database.inTransaction((tx) => serviceSecret(tx, 'login'));
      known.catch(() => {
        known = undefined;
      });
    }
    return known;
  };
}
