/** The currency of answers. Pure. */
import type { Config } from '../config.ts';

/** Adds the currency of all amounts of an answer, at its top. */
export async function withCurrency<Answer extends object>(
  { currency }: Pick<Config, 'currency'>,
  answer: Answer | Promise<Answer>,
): Promise<Answer & { readonly currency: string }> {
  return { currency, ...(await answer) };
}
