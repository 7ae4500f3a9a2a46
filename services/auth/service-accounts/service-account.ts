/** Service accounts: what they are, and which may be created (AUTH-10). Pure. */
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { serviceAccount as serviceAccountAnswer } from '#schemas/answers/service-account.ts';
import type { AnswerOf } from '#schemas/answers.ts';
import type { Cause } from '#schemas/envelope.ts';
import { invalidField } from '#schemas/errors.ts';
import { serviceAccountCreated } from '#schemas/events/auth/service-account-created.v1.ts';
import { serviceAccountRevoked } from '#schemas/events/auth/service-account-revoked.v1.ts';
import { ADMIN } from '../users/user.ts';

/** The longest life. A later expiry is most likely a mistake in its unit. */
const MAX_YEARS = 10;

export type ServiceAccountView = AnswerOf<typeof serviceAccountAnswer>;

export interface ServiceAccount {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date;
  readonly revoked: boolean;
}

/** Throws `validation_failed`: an application is never an admin, and its access ends. */
export function refuseUnfit(scopes: readonly string[], expiresAt: Date, now: Date): void {
  const index = scopes.indexOf(ADMIN);
  if (index !== -1) {
    const message = 'A service account is never an admin.';
    throw invalidField({ field: `scopes[${index}]`, code: 'not_allowed', message }, message);
  }
  const latest = new Date(now);
  latest.setUTCFullYear(latest.getUTCFullYear() + MAX_YEARS);
  if (expiresAt <= now || expiresAt > latest) {
    const message = `The expiry must be in the future, and at most ${MAX_YEARS} years ahead.`;
    throw invalidField({ field: 'expiresAt', code: 'date', message }, message);
  }
}

const stateOf = ({ id, name, scopes, expiresAt, revoked }: ServiceAccount) => ({
  serviceAccountId: id,
  name,
  scopes,
  expiresAt: expiresAt.getTime(),
  revoked,
});

export const serviceAccountCreatedEvent = (account: ServiceAccount, cause: Cause): NewEvent =>
  newEvent(serviceAccountCreated, account.id, 1, stateOf(account), cause);

export const serviceAccountRevokedEvent = (account: ServiceAccount, cause: Cause): NewEvent =>
  newEvent(serviceAccountRevoked, account.id, 2, stateOf({ ...account, revoked: true }), cause);
