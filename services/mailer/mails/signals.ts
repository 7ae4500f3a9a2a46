/** What wakes the loops of the mailer. */
import { Signal } from '#mixins/loops/signal.ts';

/** Something may become a mail. */
export const factsTaken = new Signal();

/** Something may be sent. */
export const mailsQueued = new Signal();
