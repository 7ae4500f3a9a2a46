/** CSV (RFC 4180), safe to open in a spreadsheet of any locale. Pure. */

const LINE_END = '\r\n';
/** Begins a file: a spreadsheet then reads it as UTF-8, whatever its locale is. */
export const BYTE_ORDER_MARK = '\uFEFF';
/**
 * Separates cells in some locale or import dialog. A spreadsheet that separates by another
 * character than the comma does not see the quotes of our cells, so a cell of its own may begin
 * inside of them.
 */
const SEPARATOR = /[;\u037E؛；﹔︔|¦｜،，、\t\n\v\f\r\u0085\u2028\u2029]/u;
/**
 * Skipped before the content of a cell by one reader or another: spaces, quotes, controls and
 * characters without sight.
 */
const SKIPPED = /[\s"\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;
/**
 * Begins a formula, also in the wide and small forms that East Asian locales take, and with the
 * minus sign of Nordic ones.
 */
const FORMULA = /[=+\-@\u2212＝＋－＠﹦﹢﹣﹫]/u;
const NEEDS_QUOTES = /[",\r\n]/;

/**
 * One cell. Nothing (null, undefined) is empty, a time is in ISO 8601, an object or array is JSON.
 * Text gets an apostrophe before everything that a spreadsheet could run; numbers do not, as -5 is
 * no formula and must remain a number.
 */
export function csvCell(value: unknown): string {
  const text = textOf(value);
  const safe = typeof value === 'number' ? text : inert(text);
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * Puts an apostrophe before each character that would begin a formula. One pass, as cells may be
 * long.
 */
function inert(text: string): string {
  if (!FORMULA.test(text)) return text;
  let safe = '';
  let begins = true;
  for (const character of text) {
    if (begins && FORMULA.test(character)) safe += "'";
    safe += character;
    begins = SEPARATOR.test(character) || (begins && SKIPPED.test(character));
  }
  return safe;
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

/** A page of a list. Fields beside the items hold for all of them. */
export interface Listed {
  readonly items: readonly object[];
  readonly [shared: string]: unknown;
}

/**
 * The lines of a page: each column is a field of the items, or a path such as `reference.title`
 * into what may be null. A field that an item lacks is the page's, such as its `currency`.
 */
export function csvLines(page: Listed, columns: readonly string[]): string {
  const paths = columns.map((column) => column.split('.'));
  const cells = (item: object) =>
    paths.map((path) => valueAt(Object.hasOwn(item, path[0] ?? '') ? item : page, path));
  return page.items.map((item) => csvLine(cells(item))).join('');
}

function valueAt(item: object, path: readonly string[]): unknown {
  let value: unknown = item;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
