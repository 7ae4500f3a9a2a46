/**
 * A request for authorization (OpenID Connect Core 1.0, 3.1.2.1), with PKCE (RFC 7636) for every
 * client. Pure.
 */
import { type Client, findClient } from './clients.ts';

/** The params that we read, and that the sign-in page sends again. */
export const REQUEST_PARAMS = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'response_mode',
  'prompt',
  'max_age',
  'login_hint',
  'ui_locales',
  'code_challenge',
  'code_challenge_method',
  'request',
  'request_uri',
] as const;
export type RequestParams = Readonly<Partial<Record<(typeof REQUEST_PARAMS)[number], string | undefined>>>;

/** The scopes that we know; others are ignored. */
export const SCOPES = ['openid', 'profile', 'email'] as const;
export type Scope = (typeof SCOPES)[number];

/** The errors that an application gets. */
export type AuthorizationError =
  | 'invalid_request'
  | 'invalid_scope'
  | 'unsupported_response_type'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'login_required';

/** Where the answer goes. */
export interface ReturnAddress {
  readonly client: Client;
  readonly redirectUri: string;
  readonly state: string | undefined;
}

export interface AuthorizationRequest extends ReturnAddress {
  readonly scopes: readonly Scope[];
  readonly nonce: string | null;
  /** SHA-256 of the verifier, in base64url. */
  readonly codeChallenge: string;
  /** `none`: never show a page. `login`: always show it. */
  readonly prompt: 'none' | 'login' | null;
  /** The longest time since the sign-in, in seconds. */
  readonly maxAge: number | null;
}

/** `untrusted`: nobody must be sent anywhere, because the address may be an attacker's. */
export type JudgedRequest =
  | { readonly kind: 'untrusted'; readonly fault: 'client' | 'redirect' }
  | { readonly kind: 'refused'; readonly to: ReturnAddress; readonly error: AuthorizationError }
  | { readonly kind: 'valid'; readonly request: AuthorizationRequest };

/** Grants store the nonce, and answers repeat the state. PostgreSQL stores no NUL. */
const VALUE = /^[^\p{Cc}]{0,1000}$/u;
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
/** We need no consent: operators choose the clients. */
const PROMPTS = ['none', 'login', 'consent', 'select_account'];

export function judgeRequest(params: RequestParams, clients: readonly Client[]): JudgedRequest {
  const client = findClient(clients, params.client_id);
  if (client === undefined) return { kind: 'untrusted', fault: 'client' };
  const redirectUri = client.redirectUris.find((uri) => uri === params.redirect_uri);
  if (redirectUri === undefined) return { kind: 'untrusted', fault: 'redirect' };
  const { state, nonce } = params;
  const to = { client, redirectUri, state: VALUE.test(state ?? '') ? state : undefined };
  const error = VALUE.test(state ?? '') && VALUE.test(nonce ?? '') ? errorOf(params) : 'invalid_request';
  if (error !== null) return { kind: 'refused', to, error };
  return {
    kind: 'valid',
    request: {
      ...to,
      scopes: SCOPES.filter((scope) => words(params.scope).includes(scope)),
      nonce: nonce ?? null,
      codeChallenge: params.code_challenge ?? '',
      prompt: promptOf(words(params.prompt)),
      maxAge: params.max_age === undefined ? null : Number(params.max_age),
    },
  };
}

function errorOf(params: RequestParams): AuthorizationError | null {
  if (params.request !== undefined) return 'request_not_supported';
  if (params.request_uri !== undefined) return 'request_uri_not_supported';
  if (params.response_type === undefined) return 'invalid_request';
  if (params.response_type !== 'code') return 'unsupported_response_type';
  if (params.response_mode !== undefined && params.response_mode !== 'query') return 'invalid_request';
  if (!words(params.scope).includes('openid')) return 'invalid_scope';
  // Without a method it would be `plain`, which protects nothing.
  if (params.code_challenge_method !== 'S256' || !CHALLENGE.test(params.code_challenge ?? '')) {
    return 'invalid_request';
  }
  const prompts = words(params.prompt);
  const isPrompt = prompts.every((prompt) => PROMPTS.includes(prompt));
  if (!isPrompt || (prompts.includes('none') && prompts.length > 1)) return 'invalid_request';
  return params.max_age === undefined || /^\d{1,9}$/.test(params.max_age) ? null : 'invalid_request';
}

const words = (text = ''): string[] => text.split(' ').filter((word) => word !== '');

function promptOf(prompts: readonly string[]): AuthorizationRequest['prompt'] {
  if (prompts.includes('none')) return 'none';
  return prompts.includes('login') || prompts.includes('select_account') ? 'login' : null;
}

/** Whether a sign-in `ageSeconds` ago is enough for the request. */
export function isFreshEnough({ prompt, maxAge }: AuthorizationRequest, ageSeconds: number): boolean {
  return prompt !== 'login' && (maxAge === null || ageSeconds <= maxAge);
}

/** The address of an answer. `iss` says who answers (RFC 9207). */
export function answerUrl(
  issuer: string,
  { redirectUri, state }: ReturnAddress,
  answer: Readonly<Record<string, string>>,
): string {
  const url = new URL(redirectUri);
  const params = { ...answer, ...(state === undefined ? {} : { state }), iss: issuer };
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  return url.href;
}
