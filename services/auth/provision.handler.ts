/** The part of `npm run provision` in auth's database: it seals signing keys with `KEY_SECRET`. */
import type { ServiceStep } from '#mixins/provisioning.ts';
import { earlierVaults, keySecretOf } from './keys/key-secret.client.ts';
import { KeyVault } from './keys/key-vault.client.ts';
import { resealKeys } from './keys/reseal-keys.handler.ts';

const provisionKeys: ServiceStep = async ({ config, print }, database) => {
  const secret = await keySecretOf(config);
  const resealed = await resealKeys({ database, vault: new KeyVault(secret) }, await earlierVaults(config));
  if (resealed > 0) print(`auth: sealed ${resealed} signing keys again, with KEY_SECRET`);
  return { KEY_SECRET: secret };
};

export default provisionKeys;
