/**
 * The authorization endpoint (AUTH-15). A person who is signed in on our page, and recently enough,
 * goes back to the application with a code. Anybody else gets the sign-in page, whose form comes
 * back here with the params of the request. So nothing is stored before somebody has signed in.
 */
import { v7 as uuidv7 } from 'uuid';
import { appendEvents } from '#mixins/outbox/append.ts';
import type { ActionParams } from '#schemas/action.ts';
import type submitAction from '#schemas/actions/auth/submit-sign-in.ts';
import type { Cause } from '#schemas/envelope.ts';
import { isProblem } from '#schemas/errors.ts';
import type { HttpMessage, ProtocolHeaders } from '#schemas/http-message.ts';
import type { Auth } from '../context.ts';
import { type Device, hashRefreshToken, REFRESH_TOKEN_MS } from '../sessions/session.ts';
import { signInSession } from '../sessions/sign-in.handler.ts';
import {
  type AuthorizationRequest,
  answerUrl,
  isFreshEnough,
  judgeRequest,
  REQUEST_PARAMS,
} from './authorization-request.ts';
import { findPageSession, insertGrant, type PageSession } from './grant.store.ts';
import { drawToken, grantGivenEvent, hashToken } from './grant.ts';
import { authorizationError, cookieIn, page, redirect, signInCookie } from './messages.ts';
import { type Provider, providerOf } from './provider.ts';
import { faultPage, languageOf, type SignInFault, signInPage } from './sign-in-page.ts';

/** The params of a request, with login and beak where the form of our page was sent. */
type AuthorizeParams = ActionParams<typeof submitAction>;

interface Asked {
  readonly params: AuthorizeParams;
  readonly headers: ProtocolHeaders;
  readonly device: Device;
  readonly cause: Cause;
}

/** Throws `not_found` without clients. Everything else is a page or a redirect. */
export async function authorize(auth: Auth, asked: Asked): Promise<HttpMessage> {
  const provider = providerOf(auth.config);
  const { params, headers, cause } = asked;
  const language = languageOf([params.ui_locales, headers['accept-language']], auth.config.locale);
  const judged = judgeRequest(params, provider.clients);
  if (judged.kind === 'untrusted') return page(400, faultPage(language, judged.fault));
  if (judged.kind === 'refused') return authorizationError(provider.issuer, judged.to, judged.error);
  const { request } = judged;
  const show = (fault: SignInFault | null, status = 200) =>
    page(
      status,
      signInPage({
        language,
        client: request.client.name,
        action: new URL(`${provider.issuer}/oidc/authorize`).pathname,
        hidden: Object.fromEntries(REQUEST_PARAMS.map((name) => [name, params[name]])),
        login: params.login ?? params.login_hint ?? '',
        fault,
        redirectUri: request.redirectUri,
      }),
    );
  if (isSubmitted(params) && request.prompt !== 'none') {
    // The gateway refuses foreign origins. Origins that may call the API may not sign people in.
    if (isForeign(headers)) return page(400, faultPage(language, 'foreign'));
    return submit(auth, provider, request, params, asked, show);
  }
  const cookie = cookieIn(headers.cookie, cookieOf(provider).name);
  const session =
    cookie === undefined ? undefined : await findPageSession(auth.database.newest, hashRefreshToken(cookie));
  if (session !== undefined && isFreshEnough(request, session.ageSeconds)) {
    return redirect(await grant(auth, provider, request, session, cause));
  }
  return request.prompt === 'none'
    ? authorizationError(provider.issuer, request, 'login_required')
    : show(null);
}

interface Submitted {
  readonly login: string;
  readonly beak: string;
}

const isSubmitted = (params: AuthorizeParams): params is AuthorizeParams & Submitted =>
  params.login !== undefined && params.beak !== undefined;

/** Browsers say whether a page of ours has sent the form. */
const isForeign = ({ 'sec-fetch-site': site = 'same-origin' }: ProtocolHeaders): boolean =>
  site !== 'same-origin';

const cookieOf = ({ issuer }: Provider) => signInCookie(issuer, REFRESH_TOKEN_MS / 1000);

/** Signs in as `POST /auth/login` does, with its limits. A refusal shows the page again. */
async function submit(
  auth: Auth,
  provider: Provider,
  request: AuthorizationRequest,
  credentials: Submitted,
  { device, cause }: Asked,
  show: (fault: SignInFault, status: number) => HttpMessage,
): Promise<HttpMessage> {
  try {
    const { session, refreshToken } = await signInSession(
      auth,
      credentials,
      { ...device, client: request.client.id },
      cause,
    );
    const location = await grant(auth, provider, request, session, cause);
    const { name, attributes } = cookieOf(provider);
    return redirect(location, { 'Set-Cookie': `${name}=${refreshToken}; ${attributes}` });
  } catch (error) {
    if (isProblem(error, 'wrong_credentials')) return show('wrong_credentials', 401);
    if (isProblem(error, 'too_many_requests')) return show('too_many_requests', 429);
    if (isProblem(error, 'beak_change_required')) return show('beak_change_required', 403);
    if (isProblem(error, 'service_unavailable')) return show('unavailable', 503);
    throw error;
  }
}

/** Returns the address with the code. The log says who gave which application access, and when. */
async function grant(
  auth: Auth,
  { issuer }: Provider,
  request: AuthorizationRequest,
  session: Pick<PageSession, 'id' | 'userId'>,
  cause: Cause,
): Promise<string> {
  const code = drawToken();
  const id = uuidv7();
  await auth.database.inTransaction(async (tx) => {
    await insertGrant(tx, id, hashToken(code), request, session);
    await appendEvents(tx, [grantGivenEvent(id, request, session, cause)]);
  });
  return answerUrl(issuer, request, { code });
}
