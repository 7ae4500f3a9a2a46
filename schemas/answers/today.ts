/** The figures of the open day (ANA-1). */
import { amount, array, currency, object, string } from '#schemas/answers.ts';
import { businessDay, id, whole } from '#schemas/params.ts';

export const today = {
  businessDay: businessDay(),
  /** Negative when the company paid more than it charged. */
  companyResult: amount(),
  currency: currency(),
  belowZero: object({
    /** All employees with a negative balance. */
    count: whole(0),
    /** Those with the lowest balances. */
    items: array(object({ userId: id(), name: string(), balance: amount() })),
  }),
} as const;
