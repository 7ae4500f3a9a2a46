/** The answer to a sign-in or a refresh (AUTH-1). */
import { oneOf, string } from '#schemas/answers.ts';
import { whole } from '#schemas/params.ts';

export const tokens = {
  accessToken: string(),
  refreshToken: string(),
  tokenType: oneOf('Bearer'),
  /** Life of the access token in seconds. */
  expiresIn: whole(1),
} as const;
