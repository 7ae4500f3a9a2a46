import { interventionMadeOf } from '#schemas/intervention.ts';

/** An operator put a hand into the machinery of this service (AUD-1). */
export const interventionMade = interventionMadeOf('accounting');
