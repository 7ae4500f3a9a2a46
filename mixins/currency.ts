/** The currency of answers. Pure. */
import type { Config } from '../config.ts';

/**
 * How many of the last digits of an amount are minor units: 2 for USD, 0 for JPY, 3 for KWD.
 * Unknown currencies have 2.
 */
export function minorDigits(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** Adds the currency of all amounts of an answer, at its top. */
export async function withCurrency<Answer extends object>(
  { currency }: Pick<Config, 'currency'>,
  answer: Answer | Promise<Answer>,
): Promise<Answer & { readonly currency: string }> {
  return { currency, ...(await answer) };
}
