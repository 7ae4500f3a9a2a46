/** A statement by business day. Pure. */
import type { Item } from '#client';

export type Line = Item<'/accounting/accounts/{userId}/statement'>;

export interface DayOfLines {
  readonly day: string;
  /** The newest first. */
  readonly lines: readonly Line[];
  /** The balance before the first line of the day; undefined if that line is on another page. */
  readonly opening: number | undefined;
  /** The balance after its last line; undefined if that line is on another page. */
  readonly closing: number | undefined;
}

interface Page {
  /** The newest first. */
  readonly items: readonly Line[];
  readonly nextCursor: string | null;
}

/**
 * The lines of a page by day. `isFirst`: it is the first page of the list. With a filter of kinds
 * lines are left out, so no balance of a day is known (`isWhole` is false).
 */
export function byDay(
  { items, nextCursor }: Page,
  isFirst: boolean,
  isWhole: boolean,
): readonly DayOfLines[] {
  const groups = [...Map.groupBy(items, ({ businessDay }) => businessDay)];
  return groups.map(([day, lines], index) => {
    const [newest, oldest] = [lines[0], lines.at(-1)];
    const hasNewest = isWhole && (index > 0 || isFirst);
    const hasOldest = isWhole && (index < groups.length - 1 || nextCursor === null);
    return {
      day,
      lines,
      opening: hasOldest && oldest !== undefined ? oldest.balanceAfter - oldest.amount : undefined,
      closing: hasNewest ? newest?.balanceAfter : undefined,
    };
  });
}
