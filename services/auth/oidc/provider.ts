/** The OpenID Connect provider as the configuration makes it, and its discovery document. Pure. */
import type { ActionAnswer } from '#schemas/action.ts';
import type discoveryAction from '#schemas/actions/auth/discovery.ts';
import { Problem } from '#schemas/errors.ts';
import { LANGUAGES } from '#schemas/languages.ts';
import type { Config } from '../../../config.ts';
import { ID_TOKEN_ALGORITHM } from '../keys/signing-keys.ts';
import { SCOPES } from './authorization-request.ts';
import type { Client } from './clients.ts';

export interface Provider {
  /** `PUBLIC_URL` without a slash at its end. */
  readonly issuer: string;
  readonly clients: readonly Client[];
}

/** Throws `not_found` where no clients are configured. */
export function providerOf({ publicUrl, oidcClients }: Pick<Config, 'publicUrl' | 'oidcClients'>): Provider {
  if (publicUrl === null || oidcClients.length === 0) {
    throw new Problem('not_found', 'Nobody signs in to other applications here: OIDC_CLIENTS is not set');
  }
  return { issuer: publicUrl.replace(/\/+$/, ''), clients: oidcClients };
}

export function discoveryOf({ issuer }: Provider): ActionAnswer<typeof discoveryAction> {
  return {
    issuer,
    authorization_endpoint: `${issuer}/oidc/authorize`,
    token_endpoint: `${issuer}/oidc/token`,
    userinfo_endpoint: `${issuer}/oidc/userinfo`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    scopes_supported: [...SCOPES],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [ID_TOKEN_ALGORITHM],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    code_challenge_methods_supported: ['S256'],
    claims_supported: [
      ...['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'nonce'],
      ...['name', 'preferred_username', 'locale', 'email', 'email_verified'],
    ],
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    ui_locales_supported: [...LANGUAGES],
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    authorization_response_iss_parameter_supported: true,
  };
}
