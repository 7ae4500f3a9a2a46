import { defineAction } from '#schemas/action.ts';
import { tokens } from '#schemas/answers/tokens.ts';
import { refreshCookie } from '#schemas/fields/auth.ts';
import { secret } from '#schemas/params.ts';

/**
 * AUTH-14: a refresh token can be used once. Sent again within 20 seconds, it gives the same
 * successor. A later use ends its session at once, and no other. Refused with `invalid_token`
 * (unknown, used, or its session has ended) or `token_expired`.
 */
export default defineAction({
  action: 'auth.refresh',
  route: 'POST /auth/refresh',
  access: 'anyone',
  summary: 'Exchanges a refresh token for a new access token and a new refresh token.',
  details:
    'A refresh token can be used once. If it is sent again within 20 seconds, perhaps because the answer was lost, it gives the same new tokens. A later use ends the session.',
  params: { refreshToken: secret() },
  answer: tokens,
  cookie: refreshCookie,
  problems: ['unauthenticated', 'invalid_token', 'token_expired'],
});
