/** Puts the secret of a mail into its texts, which have a mask instead. Pure. */
import type { KeyObject } from 'node:crypto';
import { html } from '#mixins/html.ts';
import { openSecret } from '#mixins/sealed-secret.ts';
import type { OutgoingMail } from '../mails/mail.ts';
import { SECRET_MASK } from '../mails/template.ts';

/**
 * The mail as it is sent. Only this copy has the secret: the queue, the history and the list have
 * the mask. Throws if the secret was sealed for another key or recipient.
 */
export async function revealSecret<M extends OutgoingMail>(mail: M, privateKey: KeyObject): Promise<M> {
  if (mail.sealed === null) return mail;
  const secret = await openSecret(privateKey, mail.sealed, mail.recipient);
  return {
    ...mail,
    text: mail.text.replaceAll(SECRET_MASK, () => secret),
    html: mail.html.replaceAll(SECRET_MASK, () => html`${secret}`.html),
  };
}
