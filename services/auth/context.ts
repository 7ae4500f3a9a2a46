/** The dependencies of auth's use cases. */
import type { KeyObject } from 'node:crypto';
import type { Database } from '#mixins/database/database.ts';
import type { KeyedTurns } from '#mixins/turns.ts';
import type { tokens } from '#schemas/answers/tokens.ts';
import type { AnswerOf } from '#schemas/answers.ts';
import type { Config } from '../../config.ts';
import type { IdentityEntry } from './identity/identity-entries.ts';
import type { KeyVault } from './keys/key-vault.client.ts';
import type { SignInTurns } from './sessions/sign-in-turns.ts';
import type { BeakHasher } from './users/beak-hasher.client.ts';

/** The parts of a running node of auth. */
export interface Auth {
  readonly config: Config;
  readonly database: Database;
  readonly hasher: BeakHasher;
  readonly signIns: SignInTurns;
  /** See `judgeAttempt`. */
  readonly judgements: KeyedTurns;
  readonly vault: KeyVault;
  /** Returns the key of the digests of attempted logins. */
  readonly loginSecret: () => Promise<KeyObject>;
  /** Returns the key from which successors of refresh tokens are derived. */
  readonly refreshSecret: () => Promise<KeyObject>;
  /**
   * Called after the commit that saved these entries: this node obeys them at once, and the writer
   * puts them into the bucket for the others.
   */
  announce(entries: readonly IdentityEntry[]): void;
}

/** The answer to a sign-in or a refresh. */
export type Tokens = AnswerOf<typeof tokens>;
