import { defineAction } from '#schemas/action.ts';
import { array, boolean, described, string } from '#schemas/answers.ts';

const address = (of: string) =>
  described(string('https://ates.example.com/oidc/authorize'), `The address of the ${of}.`);
const supported = (what: string, example: string) =>
  described(array(string(example)), `The ${what} that are supported.`);
const isSupported = (what: string) => described(boolean(), `Whether ${what}.`);

/** AUTH-15: OpenID Connect Discovery 1.0. `not_found` where no clients are configured. */
export default defineAction({
  action: 'auth.discovery',
  route: 'GET //.well-known/openid-configuration',
  access: 'anyone',
  summary: 'Tells applications how people sign in to them here (OpenID Connect Discovery).',
  answer: {
    issuer: described(
      string('https://ates.example.com'),
      'The name of this provider in ID tokens: `PUBLIC_URL`.',
    ),
    authorization_endpoint: address('sign-in page'),
    token_endpoint: address('exchange of codes'),
    userinfo_endpoint: address('claims of a person'),
    jwks_uri: address('public keys'),
    scopes_supported: supported('scopes', 'openid'),
    response_types_supported: supported('response types', 'code'),
    response_modes_supported: supported('response modes', 'query'),
    grant_types_supported: supported('grant types', 'authorization_code'),
    subject_types_supported: supported('types of `sub`', 'public'),
    id_token_signing_alg_values_supported: supported('algorithms of ID tokens', 'RS256'),
    token_endpoint_auth_methods_supported: supported(
      'ways in which applications identify themselves',
      'client_secret_basic',
    ),
    code_challenge_methods_supported: supported('methods of PKCE', 'S256'),
    claims_supported: supported('claims', 'sub'),
    prompt_values_supported: supported('values of `prompt`', 'none'),
    ui_locales_supported: supported('languages of the sign-in page', 'en'),
    claims_parameter_supported: isSupported('the param `claims` is supported'),
    request_parameter_supported: isSupported('the param `request` is supported'),
    request_uri_parameter_supported: isSupported('the param `request_uri` is supported'),
    authorization_response_iss_parameter_supported: isSupported('answers have `iss` (RFC 9207)'),
  },
  problems: ['not_found'],
});
