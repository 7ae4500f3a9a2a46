import { defineAction } from '#schemas/action.ts';
import userinfo from './userinfo.ts';

/** As `auth.userinfo`: OpenID Connect Core 1.0, 5.3, wants both methods. */
export default defineAction({
  action: 'auth.postUserinfo',
  route: 'POST //oidc/userinfo',
  access: userinfo.access,
  summary: 'Shows an application who signed in, as `GET /oidc/userinfo` does.',
  protocol: 'application/json',
  answer: userinfo.answer,
  problems: userinfo.problems,
});
