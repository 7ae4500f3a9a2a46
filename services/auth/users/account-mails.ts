/** The mails about accounts, as events that request them (AUTH-9, AUTH-13). */
import { v7 as uuidv7 } from 'uuid';
import { type NewEvent, newEvent } from '#mixins/outbox/event.ts';
import type { Cause } from '#schemas/envelope.ts';
import { type MailRequested, mailRequested } from '#schemas/events/mailer/mail-requested.v1.ts';
import type { User } from './user.ts';

type Recipient = Pick<User, 'name' | 'email' | 'locale'>;
type Content = Pick<MailRequested, 'template' | 'sealed'> & { readonly data: object };

function requestMail({ name, email, locale }: Recipient, content: Content, cause: Cause): NewEvent {
  const requestId = uuidv7();
  const data: MailRequested = {
    requestId,
    sender: 'auth',
    recipient: email,
    recipientName: name,
    locale,
    subject: null,
    text: null,
    template: content.template,
    data: JSON.stringify(content.data),
    sealed: content.sealed,
  };
  return newEvent(mailRequested, requestId, 1, data, cause);
}

/** The mail with a code, which is sealed for the account's e-mail address. */
export const recoveryRequested = (user: User, sealed: string, cause: Cause): NewEvent =>
  requestMail(user, { template: 'recovery', data: { login: user.login }, sealed }, cause);

/** A change of an account. */
interface AccountChange {
  readonly before: User;
  readonly after: User;
  readonly isBeakNew: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * The mails that report a new beak or another e-mail address. They go to the address of before, so
 * that a thief cannot suppress them; that of an address goes to both.
 */
export function reportsOf({ before, after, isBeakNew, at }: AccountChange, cause: Cause): NewEvent[] {
  const { login, email } = after;
  const address = cause.actorAddress ?? undefined;
  const report = (to: Recipient, data: object) => {
    const content = { template: 'account-changed', data: { ...data, login, at, address }, sealed: null };
    return requestMail(to, content, cause);
  };
  const isEmailNew = email !== before.email;
  return [
    ...(isBeakNew ? [report(before, { what: 'beak' })] : []),
    ...(isEmailNew ? [before, after].map((to) => report(to, { what: 'email', email })) : []),
  ];
}
