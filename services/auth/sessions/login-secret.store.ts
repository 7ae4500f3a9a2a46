/** The secret under which logins that were tried are hashed, kept in memory. */
import type { KeyObject } from 'node:crypto';
import type { Database } from '#mixins/database/database.ts';
import { serviceSecret } from '#mixins/database/secrets.store.ts';

/** Reads the secret from the database once; a read that failed is repeated by the next call. */
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
