/**
 * The secret that seals the signing keys: `KEY_SECRET`, or else one that auth's database stores
 * where auth's own role cannot read it.
 */
import { addressesOf, addressesToProvision } from '#mixins/database/address.ts';
import { withClient } from '#mixins/database/client.ts';
import { INSUFFICIENT_PRIVILEGE, sqlStateOf } from '#mixins/database/errors.ts';
import { keepSecret, keptSecret, readSecret } from '#mixins/database/secrets.store.ts';
import type { Config } from '../../../config.ts';
import { ConfigError } from '../../../settings.ts';
import { KeyVault } from './key-vault.client.ts';

const SERVICE = 'auth';
const KEPT_AS = 'key-secret';

/**
 * Throws `ConfigError` when `KEY_SECRET` is not set and the role of the database URL may not store
 * one.
 */
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
      "set, because the role of auth's database may not store a secret",
    );
  }
}

/** Vaults with earlier secrets: the password of auth's database, and the secret that it stores. */
export async function earlierVaults(config: Config): Promise<KeyVault[]> {
  const addresses = [addressesOf(config, SERVICE), addressesToProvision(config, SERVICE)];
  const secrets = addresses.map(({ admin }) => admin.password);
  if (config.keySecret !== null) secrets.push(await keptBefore(config));
  return [...new Set(secrets)].filter((secret) => typeof secret === 'string').map((one) => new KeyVault(one));
}

/** Keeps the secret that sealed the keys before. It is used until `KEY_SECRET` is set. */
export async function keepEarlierSecret(config: Config, secret: string): Promise<void> {
  const { owner } = addressesToProvision(config, SERVICE);
  await withClient(owner, (client) => keepSecret(client, KEPT_AS, secret));
}

/** Undefined when no secret was stored, or when the role may not read it. */
function keptBefore(config: Config): Promise<string | undefined> {
  const { owner } = addressesToProvision(config, SERVICE);
  return withClient(owner, (client) => readSecret(client, KEPT_AS)).catch(() => undefined);
}
