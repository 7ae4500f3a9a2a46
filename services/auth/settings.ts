import { lengthOf, opaqueForm } from '#schemas/characters.ts';
import { faultOfBeak, MAX_BEAK_LENGTH, MIN_BEAK_LENGTH } from '#schemas/fields/auth.ts';
import {
  ConfigError,
  integer,
  matching,
  optional,
  type Parse,
  readValue,
  type Setting,
  type ValuesOf,
} from '../../settings.ts';
import { type Client, parseClients } from './oidc/clients.ts';

const beakIn: Parse<string> = (value, refuse) => {
  // Beaks are compared in their normal form.
  const beak = opaqueForm(value);
  const fault = faultOfBeak(beak);
  if (fault === null) return beak;
  const expected = `a secret of ${MIN_BEAK_LENGTH} to ${MAX_BEAK_LENGTH} characters`;
  throw refuse(`${expected}: it ${fault.message}`);
};

const keySecretIn: Parse<string> = (secret, refuse) => {
  if (lengthOf(secret) < 16 || lengthOf(secret) > 200) throw refuse('a secret of 16 to 200 characters');
  return secret;
};

const OIDC_CLIENTS = 'OIDC_CLIENTS';

const oidcClients: Setting<readonly Client[]> = {
  variables: [OIDC_CLIENTS],
  isSecret: true,
  read(env) {
    const value = readValue(env, OIDC_CLIENTS);
    if (value === undefined) return [];
    const clients = parseClients(value);
    if (typeof clients === 'string') throw new ConfigError(OIDC_CLIENTS, '***', clients);
    // Applications compare the issuer as text.
    const issuer = URL.parse(readValue(env, 'PUBLIC_URL') ?? '');
    if (issuer === null || issuer.search !== '' || issuer.hash !== '') {
      const expected = `set, without a query: with ${OIDC_CLIENTS}, it is the issuer of ID tokens`;
      throw new ConfigError('PUBLIC_URL', readValue(env, 'PUBLIC_URL') ?? '', expected);
    }
    return clients;
  },
};

const settings = {
  /** Login of the first admin. */
  adminLogin: matching({
    variable: 'ADMIN_LOGIN',
    default: 'admin',
    pattern: /^[a-z0-9][a-z0-9._-]{0,62}$/,
    expected: '1 to 63 lower-case letters, digits, dots, dashes or underscores',
  }),
  /** Beak of the first admin, in the form of RFC 8265; null: it is drawn and printed once. */
  adminBeak: optional('ADMIN_BEAK', beakIn, { isSecret: true }),
  /** The secret that seals the signing keys; null: auth's database stores one. */
  keySecret: optional('KEY_SECRET', keySecretIn, { isSecret: true }),
  /**
   * Refused sign-ins per minute for an account; ten times as many per hour. Each network from which
   * the account signs in has this budget, and all others share one.
   */
  signInLimitAccount: integer({ variable: 'SIGN_IN_LIMIT_ACCOUNT', default: 10, min: 1, max: 1_000_000 }),
  /** Refused sign-ins per minute for an address. */
  signInLimitAddress: integer({ variable: 'SIGN_IN_LIMIT_ADDRESS', default: 100, min: 1, max: 1_000_000 }),
  /** Successful sign-ins per minute for an account. */
  signInBudgetAccount: integer({ variable: 'SIGN_IN_BUDGET_ACCOUNT', default: 30, min: 1, max: 1_000_000 }),
  /** Successful sign-ins per minute for an address. */
  signInBudgetAddress: integer({ variable: 'SIGN_IN_BUDGET_ADDRESS', default: 600, min: 1, max: 1_000_000 }),
  /** The applications that people sign in to here (OpenID Connect), as a JSON list. */
  oidcClients,
  /** Open sessions of an account; a further sign-in ends the least recently used one. */
  sessionLimit: integer({ variable: 'SESSION_LIMIT', default: 100, min: 1, max: 100_000 }),
};

export default settings;

declare module '../../config.ts' {
  interface Config extends ValuesOf<typeof settings> {}
}
