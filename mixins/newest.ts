/** The newest rows of a batch. Pure. */

/**
 * Of each key the row with the highest version, in order of the keys: rows are locked in one order.
 */
export function newestOf<Row extends { readonly version: number }>(
  rows: readonly Row[],
  key: (row: Row) => string,
): Row[] {
  const newest = new Map<string, Row>();
  for (const row of rows) {
    const known = newest.get(key(row));
    if (known === undefined || known.version < row.version) newest.set(key(row), row);
  }
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
