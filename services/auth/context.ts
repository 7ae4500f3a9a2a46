/** What auth's use cases are given. */
import type { Config } from '../../config.ts';
import type { Database } from '../../mixins/database/database.ts';
import type { BeakHasher } from './beak-hasher.ts';
import type { IdentityEntry } from './identity-entries.ts';
import type { TokenIssuer } from './token-issuer.ts';

export interface Auth {
  readonly config: Pick<
    Config,
    'namespace' | 'adminLogin' | 'adminBeak' | 'signInLimitAccount' | 'signInLimitAddress'
  >;
  readonly database: Database;
  readonly hasher: BeakHasher;
  readonly tokens: TokenIssuer;
  /** Called after the commit that saved these: this node obeys them at once, the others are told. */
  announce(entries: readonly IdentityEntry[]): void;
}

/** What a sign-in and a refresh answer. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly tokenType: 'Bearer';
  /** Life of the access token in seconds. */
  readonly expiresIn: number;
}
