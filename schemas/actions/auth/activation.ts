import { defineAction } from '#schemas/action.ts';
import { nullable, time } from '#schemas/answers.ts';
import { id, secret } from '#schemas/params.ts';

/**
 * AUTH-11: the code is valid for 7 days, and the earlier one is void. The answer to a repeated
 * request has no code. Refused with `account_inactive`.
 */
export default defineAction({
  action: 'auth.activation',
  route: 'POST /users/:id/activation',
  access: ['admin'],
  status: 201,
  summary: 'Makes a one-time code with which the owner of an account sets its beak.',
  details: 'The code is valid for 7 days, until it is redeemed or replaced.',
  params: { id: id() },
  answer: { activationCode: nullable(secret('k7m2x-9qd4r-tw3hc-8vbnp')), expiresAt: time() },
  problems: ['account_inactive'],
});
