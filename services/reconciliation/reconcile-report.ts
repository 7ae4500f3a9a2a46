/** What a reconciliation found, in words. */
import type { Reconciliation } from './reconciliation.store.ts';

/** One line a difference; a line alone where there is none, or where it could not be done. */
export function reconciliationLines({ number, state, result, reason, beganAt }: Reconciliation): string[] {
  if (state === 'failed') return [`Reconciliation ${number} could not be done: ${reason}`];
  if (result === null) return [`Reconciliation ${number} is ${state}`];
  const { differences, more } = result;
  const at = beganAt === null ? '' : ` as of ${new Date(beganAt).toISOString()}`;
  if (differences.length === 0) return [`Tasks, ledger, figures and mails agree${at}`];
  return [
    `Tasks, ledger, figures and mails differ in ${differences.length + more} places${at}:`,
    ...differences.map(({ code, message }) => `  ${code}: ${message}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
