import { deadLetterRedrivenOf } from '#schemas/dead-letter.ts';

export const deadLetterRedriven = deadLetterRedrivenOf('feeders');
