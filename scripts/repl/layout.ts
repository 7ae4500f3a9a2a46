/** Tables and fields as text of a given width. Pure. */
import { inspect } from 'node:util';
import { truncate } from '#schemas/text.ts';

const GAP = '  ';
const INDENT = '  ';
/** The last column stands beside the others only if it is not cut below this length. */
const LEAST_LAST_COLUMN = 40;

/**
 * The lines of each row, the head first. No line is longer than `width`. Columns that do not fit
 * beside the others stand below them, indented. A text that is longer than its place is cut.
 */
export function tableLines(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string[][] {
  const all = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const groups = fold(widths, width);
  return all.map((row) =>
    groups.map((columns, index) =>
      `${index === 0 ? '' : INDENT}${columns
        .map(({ column, room }) => cut(row[column] ?? '', room).padEnd(room))
        .join(GAP)}`.trimEnd(),
    ),
  );
}

interface Placed {
  readonly column: number;
  readonly room: number;
}

/** The columns of each line of a row. */
function fold(widths: readonly number[], width: number): Placed[][] {
  const groups: Placed[][] = [[]];
  let left = width;
  for (const [column, wanted] of widths.entries()) {
    const line = groups.at(-1);
    const free = left - (line?.length === 0 ? 0 : GAP.length);
    const isLast = column === widths.length - 1;
    const room = wanted <= free || (isLast && free >= LEAST_LAST_COLUMN) ? Math.min(wanted, free) : null;
    if (line !== undefined && (room !== null || line.length === 0)) {
      const taken = room ?? free;
      line.push({ column, room: taken });
      left = free - taken;
    } else {
      const taken = Math.min(wanted, width - INDENT.length);
      groups.push([{ column, room: taken }]);
      left = width - INDENT.length - taken;
    }
  }
  return groups;
}

/**
 * A line for each name and value. Objects, and texts that do not fit beside the name, are below.
 */
export function fieldLines(
  values: Readonly<Record<string, unknown>>,
  width: number,
): [name: string, value: string][] {
  const label = Math.max(...Object.keys(values).map((name) => name.length)) + GAP.length;
  return Object.entries(values).map(([name, value]) => {
    if (typeof value === 'object' && value !== null) {
      return [name.padEnd(label), `\n${inspect(value, { depth: 8, breakLength: width })}`];
    }
    const text = printable(String(value ?? '-'));
    const fits = label + text.length <= width;
    return [fits ? name.padEnd(label) : name, fits ? text : `\n${INDENT}${text}`];
  });
}

/** Texts of others must not break a table or control the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${truncate(text, length - 1)}…`;
}
