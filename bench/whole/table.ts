/** The rows of the result, and how they are printed. */

/** A bound of issue 9 for the ratio to the baseline, or for the value itself. */
export interface Target {
  readonly of: 'ratio' | 'value';
  readonly bound: 'least' | 'most';
  readonly limit: number;
  /** What else the target demands, which this bench does not measure. */
  readonly also?: string;
}

export interface Row {
  readonly id: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline?: { readonly name: string; readonly value: number };
  readonly target?: Target;
  readonly note?: string;
}

/** The value, over the baseline. */
export function ratioOf({ value, baseline }: Row): number | null {
  return baseline === undefined ? null : value / baseline.value;
}

/** Whether the measured part of the target holds. Null without a target. */
export function holds(row: Row): boolean | null {
  if (row.target === undefined) return null;
  const { of, bound, limit } = row.target;
  const measured = of === 'value' ? row.value : ratioOf(row);
  if (measured === null || Number.isNaN(measured)) return null;
  return bound === 'least' ? measured >= limit : measured <= limit;
}

/** Each row as an object with its ratio, and whether its target holds. */
export function toJson(rows: readonly Row[]): string {
  return JSON.stringify(
    rows.map((row) => ({ ...row, ratio: ratioOf(row), holds: holds(row) })),
    null,
    2,
  );
}

const HEADINGS = ['', 'what', 'value', 'baseline', 'ratio', 'target', 'holds', 'note'];

export function toTable(rows: readonly Row[]): string {
  const lines = [HEADINGS, ...rows.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? '').length)));
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cellsOf(row: Row): string[] {
  const { id, what, value, unit, baseline, note = '' } = row;
  const ratio = ratioOf(row);
  return [
    id,
    what,
    `${rounded(value)} ${unit}`,
    baseline === undefined ? '' : `${baseline.name} ${rounded(baseline.value)}`,
    ratio === null ? '' : ratio.toFixed(2),
    targetOf(row),
    { true: 'yes', false: 'no', null: '' }[String(holds(row))] ?? '',
    note,
  ];
}

function targetOf({ target, unit }: Row): string {
  if (target === undefined) return '';
  const sign = target.bound === 'least' ? '≥' : '≤';
  const measure = target.of === 'ratio' ? '×' : unit;
  return `${sign} ${target.limit} ${measure}${target.also === undefined ? '' : `, ${target.also}`}`;
}

/** Three significant digits or more. */
function rounded(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
