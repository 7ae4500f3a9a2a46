import { defineAction } from '#schemas/action.ts';
import { oneOf } from '#schemas/answers.ts';

/**
 * AUTH-13: answers in the same way for each login of any form. An active account gets a code by
 * mail, at most three in an hour. The code is valid for one hour, and is redeemed by `POST
 * /auth/activate`.
 */
export default defineAction({
  action: 'auth.recovery',
  route: 'POST /auth/recovery',
  access: 'anyone',
  status: 202,
  summary: 'Mails a one-time code for a new beak, where an active account has the login.',
  params: { login: { type: 'string' } },
  answer: { status: oneOf('accepted') },
});
