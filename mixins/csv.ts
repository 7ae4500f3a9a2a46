/** Lists as CSV (RFC 4180), safe to open in a spreadsheet. Pure. */

const LINE_END = '\r\n';
/** What a spreadsheet takes for the beginning of a formula, a Japanese one in full width too; tab and line ends hide one. */
const FORMULA = /^[=+\-@＝＋－＠\t\r\n]/;
const NEEDS_QUOTES = /[",\r\n]/;

/**
 * One cell. Nothing (null, undefined) is empty, a time is in ISO 8601, an object or array is JSON. Text that a spreadsheet would
 * run gets an apostrophe before it; numbers do not, as -5 is no formula and is to be summed up.
 */
export function csvCell(value: unknown): string {
  const text = textOf(value);
  const safe = typeof value !== 'number' && FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One line, its end included. */
export function csvLine(values: readonly unknown[]): string {
  return values.map(csvCell).join(',') + LINE_END;
}

/** The lines of items: each column is a field, or a path such as `reference.title` into what may be null. */
export function csvLines(items: readonly object[], columns: readonly string[]): string {
  const paths = columns.map((column) => column.split('.'));
  return items.map((item) => csvLine(paths.map((path) => valueAt(item, path)))).join('');
}

function valueAt(item: object, path: readonly string[]): unknown {
  let value: unknown = item;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
