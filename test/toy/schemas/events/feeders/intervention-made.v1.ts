import { interventionMadeOf } from '#schemas/intervention.ts';

export const interventionMade = interventionMadeOf('feeders');
