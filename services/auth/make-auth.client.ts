/** Makes the parts of a running node of auth. */
import type { Database } from '#mixins/database/database.ts';
import type { BucketWriter } from '#mixins/identity/bucket-writer.ts';
import type { Platform } from '#mixins/platform.ts';
import { KeyedTurns } from '#mixins/turns.ts';
import type { Auth } from './context.ts';
import { keySecretOf } from './keys/key-secret.client.ts';
import { KeyVault } from './keys/key-vault.client.ts';
import { keptSecretOf } from './sessions/kept-secret.store.ts';
import { SignInTurns } from './sessions/sign-in-turns.ts';
import { BeakHasher } from './users/beak-hasher.client.ts';

export async function makeAuth(
  { config, identity }: Platform,
  database: Database,
  writer: BucketWriter,
  log: { error(...args: unknown[]): void },
): Promise<Auth> {
  return {
    config,
    database,
    hasher: await BeakHasher.create(),
    // From one network, only a minute's budget of sign-ins of an account may run or wait. A flood is
    // refused before it costs anything.
    signIns: new SignInTurns(Math.max(config.signInBudgetAccount, config.signInLimitAccount)),
    judgements: new KeyedTurns(1),
    loginSecret: keptSecretOf(database, 'login'),
    refreshSecret: keptSecretOf(database, 'refresh'),
    vault: new KeyVault(() => keySecretOf(config)),
    announce(entries) {
      for (const { key, value } of entries) {
        identity.learn(key, value).catch((error: unknown) => log.error(`${key} is malformed`, error));
      }
      writer.wake();
    },
  };
}
