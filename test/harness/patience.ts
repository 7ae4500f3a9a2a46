/** The factor of all deadlines of tests: a run with a larger budget is on a busy machine. */
import { DEFAULT_TEST_BUDGET, readConfig } from '../../config.ts';

/**
 * 1 with the default budget or less; 3.4 with `TEST_BUDGET=2400`. Deadlines are multiplied by it.
 */
export const PATIENCE = patienceOf(process.env.TEST_BUDGET);

export function patienceOf(budget: string | undefined): number {
  return Math.max(1, readConfig({ TEST_BUDGET: budget }).testBudget / DEFAULT_TEST_BUDGET);
}
