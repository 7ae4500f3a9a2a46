import { deadLetterRedrivenOf } from '#schemas/dead-letter.ts';

/** An operator sent an event that this service had set aside again, and it took effect (FAIL-3). */
export const deadLetterRedriven = deadLetterRedrivenOf('accounting');
