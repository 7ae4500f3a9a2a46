/** Minor units of a currency (design §5): what amounts are kept in. */

/** How many minor units one whole unit has: 100 for USD, 1 for JPY, 1000 for KWD; 100 for a currency nobody knows. */
export function minorUnits(currency: string): number {
  const { maximumFractionDigits } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return 10 ** (maximumFractionDigits ?? 2);
}
