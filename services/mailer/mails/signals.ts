/** Signals that wake the loops of the mailer. */
import { Signal } from '#mixins/loops/signal.ts';

/** Sent when new facts may allow composing a mail. */
export const factsTaken = new Signal();

/** Sent when a mail may be sent. */
export const mailsQueued = new Signal();
