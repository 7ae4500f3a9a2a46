/** Wakes the loop that makes mails with recovery codes. */
import { Signal } from '#mixins/loops/signal.ts';

/** A request for a code was committed. */
export const recoveriesWait = new Signal();
