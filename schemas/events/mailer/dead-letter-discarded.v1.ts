import { deadLetterDiscardedOf } from '#schemas/dead-letter.ts';

/** An operator gave up an event that this service had set aside (FAIL-3). */
export const deadLetterDiscarded = deadLetterDiscardedOf('mailer');
