/** The completed task with the highest reward (ANA-2). */
import { nullable, string, sum } from '#schemas/answers.ts';
import { businessDay, id } from '#schemas/params.ts';

export const topTask = {
  id: id(),
  title: string('Wash the cage'),
  externalId: nullable(string('POPUG-1')),
  reward: sum(),
  businessDay: businessDay(),
} as const;
