/** The token endpoint: exchanges a code, once, for an ID token and an access token (AUTH-15). */
import type { ActionAnswer, ActionParams } from '#schemas/action.ts';
import type tokenAction from '#schemas/actions/auth/token.ts';
import type { HttpMessage, ProtocolHeaders } from '#schemas/http-message.ts';
import type { Auth } from '../context.ts';
import { authenticate, credentialsIn } from './clients.ts';
import { lockGrantOfCode, redeemGrant, revokeGrant } from './grant.store.ts';
import { type CodeUse, drawToken, GRANTED_SECONDS, hashToken, useOfCode } from './grant.ts';
import { issueIdToken, readIdTokenKey } from './issue-id-token.step.ts';
import { json, tokenError } from './messages.ts';
import { providerOf } from './provider.ts';

type TokenAnswer = ActionAnswer<typeof tokenAction>;

/** Throws `not_found` without clients, and `service_unavailable` without a key. */
export async function redeemCode(
  auth: Auth,
  params: ActionParams<typeof tokenAction>,
  headers: ProtocolHeaders,
): Promise<HttpMessage> {
  const { issuer, clients } = providerOf(auth.config);
  const { realm } = auth.config.product;
  const form = { id: params.client_id, secret: params.client_secret };
  const credentials = credentialsIn(headers.authorization, form);
  if (credentials === undefined) return tokenError('invalid_request', realm);
  const client = authenticate(clients, credentials);
  if (client === undefined) return tokenError('invalid_client', realm);
  if (params.grant_type === undefined || params.code === undefined)
    return tokenError('invalid_request', realm);
  if (params.grant_type !== 'authorization_code') return tokenError('unsupported_grant_type', realm);
  const use = {
    clientId: client.id,
    redirectUri: params.redirect_uri,
    codeVerifier: params.code_verifier,
  };
  const answer = await exchange(auth, issuer, params.code, use);
  return answer === null ? tokenError('invalid_grant', realm) : json(200, answer);
}

/** Returns null when the code is refused. A reuse is committed before it is refused. */
async function exchange(auth: Auth, issuer: string, code: string, use: CodeUse): Promise<TokenAnswer | null> {
  const accessToken = drawToken();
  const redeemed = await auth.database.inTransaction(async (tx) => {
    const grant = await lockGrantOfCode(tx, hashToken(code));
    const outcome = grant === undefined ? 'refused' : useOfCode(grant, use);
    if (grant === undefined || outcome === 'refused') return null;
    if (outcome === 'reused') {
      await revokeGrant(tx, grant.id);
      return null;
    }
    await redeemGrant(tx, grant.id, hashToken(accessToken));
    return { grant, key: await readIdTokenKey(auth, tx) };
  });
  if (redeemed === null) return null;
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: GRANTED_SECONDS,
    id_token: await issueIdToken(redeemed.key, issuer, redeemed.grant, Date.now()),
    scope: redeemed.grant.scopes.join(' '),
  };
}
