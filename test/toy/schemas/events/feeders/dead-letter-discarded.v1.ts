import { deadLetterDiscardedOf } from '#schemas/dead-letter.ts';

export const deadLetterDiscarded = deadLetterDiscardedOf('feeders');
