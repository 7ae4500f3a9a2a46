/** The secret that signing keys are sealed under: `KEY_SECRET`, else one that auth's database keeps, out of auth's reach. */

import { addressesOf, addressesToProvision } from '#mixins/database/address.ts';
import { withClient } from '#mixins/database/client.ts';
import { sqlStateOf } from '#mixins/database/errors.ts';
import { keptSecret, readSecret } from '#mixins/database/secrets.store.ts';
import { INSUFFICIENT_PRIVILEGE } from '#mixins/database/sql-states.ts';
import { type Config, ConfigError } from '../../../config.ts';
import { KeyVault } from './key-vault.client.ts';

const SERVICE = 'auth';
const KEPT_AS = 'key-secret';

/** Throws `ConfigError` where `KEY_SECRET` is not set and the role of auth's URL may not keep one. */
export async function keySecretOf(config: Config): Promise<string> {
  if (config.keySecret !== null) return config.keySecret;
  try {
    return await withClient(addressesToProvision(config, SERVICE).owner, (client) =>
      keptSecret(client, KEPT_AS),
    );
  } catch (error) {
    if (sqlStateOf(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new ConfigError(
      'KEY_SECRET',
      '',
      "set: the role of auth's database owns nothing, so it keeps none",
    );
  }
}

/** What keys may have been sealed under before: the password of auth's database, and the secret that it keeps. */
export async function earlierVaults(config: Config): Promise<KeyVault[]> {
  const addresses = [addressesOf(config, SERVICE), addressesToProvision(config, SERVICE)];
  const secrets = addresses.map(({ admin }) => admin.password);
  if (config.keySecret !== null) secrets.push(await keptBefore(config));
  return [...new Set(secrets)].filter((secret) => typeof secret === 'string').map((one) => new KeyVault(one));
}

/** Undefined where none was kept, or the role at hand may not read it. */
function keptBefore(config: Config): Promise<string | undefined> {
  const { owner } = addressesToProvision(config, SERVICE);
  return withClient(owner, (client) => readSecret(client, KEPT_AS)).catch(() => undefined);
}
