/** A line of an account as clients see it (ACC-3). Amounts are signed for the owner. */
import { amount, nullable, object, string, time } from '#schemas/answers.ts';
import { businessDay, id } from '#schemas/params.ts';

export const statementLine = {
  id: id(),
  /** `fee`, `reward`, `payout`, `adjustment`, or what another service requested. */
  kind: string('fee'),
  amount: amount(),
  balanceAfter: amount(),
  businessDay: businessDay(),
  /** When the subject of the line happened. */
  occurredAt: time(),
  /** When the line was booked. */
  postedAt: time(),
  /** The subject of the line. */
  reference: nullable(
    object({
      type: string('task'),
      id: string(),
      title: string('Wash the cage'),
      externalId: nullable(string('POPUG-1')),
    }),
  ),
  note: nullable(string('A correction')),
  /** Who posted it by hand. */
  by: nullable(object({ id: string(), name: string('Mia') })),
} as const;
