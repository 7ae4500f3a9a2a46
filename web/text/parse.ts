/** Reads amounts and times that people type. Pure. */

const TYPED = /^([+\-\u2212]?)(\d{1,12})(?:[.,](\d+))?$/;

/**
 * An amount in minor units, such as `-1250` for `-12.5`. Undefined if it is no number, or has more
 * decimals than the currency. It is made from the text, without a fraction in between.
 */
export function amountIn(text: string, minorUnits: number): number | undefined {
  const [, sign, whole = '', decimals = ''] = TYPED.exec(text.trim().replaceAll(/[\s\u00a0]/g, '')) ?? [];
  if (sign === undefined || decimals.length > minorUnits) return undefined;
  const minor = Number(whole + decimals.padEnd(minorUnits, '0'));
  return sign === '' || sign === '+' || minor === 0 ? minor : -minor;
}

/** The form of a day and a time without a zone, as browsers give it. */
export const WALL_FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** The instant at which the clocks of a zone show a time such as `2026-09-17T10:19`. */
export function instantOf(wall: string, timeZone: string): Date {
  const clock = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone });
  const shown = Date.parse(`${wall}:00Z`);
  const offsetAt = (instant: number) =>
    Date.parse(`${clock.format(new Date(instant)).replace(' ', 'T')}Z`) - instant;
  // The offset of the first guess may be that of the other side of a change of the clocks.
  const guess = shown - offsetAt(shown);
  return new Date(shown - offsetAt(guess));
}
