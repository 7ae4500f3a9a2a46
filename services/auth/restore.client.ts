/**
 * The part of `npm run restore` in auth's database. An embedded system keeps the secret of its
 * signing keys in its data folder. With a database that others give, auth looks for it in that
 * database, so it is kept there. `npm run provision`, or a start, with another `KEY_SECRET` seals
 * the keys again with that one.
 *
 * A restored system has an admin, so the next start draws no beak.
 */
import type { RestoreStep } from '#mixins/provisioning.ts';
import { ADMIN_MADE_FILE, KEY_SECRET_FILE } from './data-folder.ts';
import { keepEarlierSecret } from './keys/key-secret.client.ts';

const restoreAuth: RestoreStep = async ({ config, read, write }) => {
  write(ADMIN_MADE_FILE, '');
  const isGiven = (config.serviceDatabaseUrls.auth ?? config.databaseUrl) !== null;
  const secret = read(KEY_SECRET_FILE)?.trim();
  if (isGiven && secret) await keepEarlierSecret(config, secret);
};

export default restoreAuth;
