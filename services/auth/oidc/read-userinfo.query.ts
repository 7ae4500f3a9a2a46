/** What an application may learn of the person who signed in (AUTH-15). */
import { Problem } from '#schemas/errors.ts';
import type { HttpMessage } from '#schemas/http-message.ts';
import type { Auth } from '../context.ts';
import { findPersonOfToken } from './grant.store.ts';
import { claimsOf, hashToken } from './grant.ts';
import { json } from './messages.ts';
import { providerOf } from './provider.ts';

/**
 * The token is one of the token endpoint; those of the API are refused here, and the other way
 * round. Throws `unauthenticated`, `invalid_token`, and `not_found` without clients.
 */
export async function readUserinfo(
  { config, database }: Pick<Auth, 'config' | 'database'>,
  token: string | undefined,
): Promise<HttpMessage> {
  providerOf(config);
  if (token === undefined) throw new Problem('unauthenticated');
  const person = await findPersonOfToken(database.newest, hashToken(token));
  if (person === undefined) throw new Problem('invalid_token');
  return json(200, { sub: person.userId, ...claimsOf(person, person.scopes) });
}
