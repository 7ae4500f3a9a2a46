/** The key pair with which other services seal secrets for mails. */
import type { Database } from '#mixins/database/database.ts';
import { serviceSecret } from '#mixins/database/secrets.store.ts';
import { sealingKeys } from '#mixins/sealed-secret.ts';

/** The key is drawn once, and read from the database once by each node. */
export async function readSealingKeys(database: Database): Promise<ReturnType<typeof sealingKeys>> {
  return sealingKeys(await database.inTransaction((tx) => serviceSecret(tx, 'sealing')));
}
