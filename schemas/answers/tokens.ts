/** The answer to a sign-in or a refresh (AUTH-1). */
import { oneOf } from '#schemas/answers.ts';
import { secret, whole } from '#schemas/params.ts';

export const tokens = {
  accessToken: secret(),
  refreshToken: secret(),
  tokenType: oneOf('Bearer'),
  /** Life of the access token in seconds. */
  expiresIn: whole(1),
} as const;
