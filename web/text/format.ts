/**
 * Writes amounts, counts, days and times for people (WEB-12, WEB-13). Pure: the language, the zone
 * and the currency are parameters.
 */

/** The languages of the pages. */
export const LANGUAGES = ['en', 'ru'] as const;
export type Language = (typeof LANGUAGES)[number];

/** How a system counts money and days (`GET /meta`). */
export interface Measures {
  /** ISO 4217. */
  readonly currency: string;
  /** How many of the last digits of an amount are minor units. */
  readonly minorUnits: number;
  /** The IANA name of the business zone. */
  readonly timeZone: string;
}

const MINUS = '\u2212';
const NONE = '–';
const UNKNOWN = '?';

type Shown<Value> = Value | null | undefined;

export interface Format {
  readonly language: Language;
  readonly measures: Measures;
  /** An amount in minor units, such as `−14.00`. Null is none, undefined is unknown. */
  amount(minor: Shown<number>): string;
  /** A change of an amount: as `amount`, with a plus before a gain. */
  change(minor: Shown<number>): string;
  /** A whole number, such as `1,284`. */
  count(count: Shown<number>): string;
  /** A measure with one decimal place, such as `1,186.4`. */
  decimal(value: number): string;
  /** A count that ends at a bound, such as `10,000+`. */
  capped(count: { readonly count: number; readonly capped: boolean } | undefined): string;
  /** A business day, such as `17 Sep 2026`. */
  day(day: Shown<string>): string;
  /** A business day in words without its year, such as `17 September`. */
  dayName(day: string): string;
  /** A business day without its year, such as `Thu 17 Sep`. */
  dayShort(day: string): string;
  /** A business day with its weekday and year, such as `Thu 17 Sep 2026`. */
  dayWithWeek(day: string): string;
  /** A business day in words, such as `Thursday, 17 September 2026`. */
  dayLong(day: string): string;
  /** The clock of an instant, such as `10:19:03`. */
  clock(at: Shown<string | number>): string;
  /** As `clock`, with milliseconds. */
  exact(at: string): string;
  /** A day and the minute, such as `17 Sep, 10:19`. */
  moment(at: Shown<string>): string;
  /** A day and the second, such as `17 Sep, 10:19:03`. */
  second(at: string): string;
  /** A day with its year, and the minute. */
  full(at: Shown<string>): string;
  /** The business day of an instant's date in the business zone: `2026-09-17`. */
  dateOf(at: string | number): string;
  /** How long, from seconds: `13:41` hours and minutes. */
  span(seconds: number): string;
}

/** Made once for a language and a system: the formatters of `Intl` are slow to make. */
export function formatOf(language: Language, measures: Measures): Format {
  const locale = language === 'en' ? 'en-GB' : language;
  const { minorUnits, timeZone } = measures;
  const parts = new Intl.NumberFormat(language, { useGrouping: 'always' } as Intl.NumberFormatOptions);
  const separators = parts.formatToParts(1234567.5);
  const group = separators.find(({ type }) => type === 'group')?.value ?? '';
  const point = separators.find(({ type }) => type === 'decimal')?.value ?? '.';
  const dates = (options: Intl.DateTimeFormatOptions, zone: string) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
  // A business day has no zone: it is read and written in UTC.
  const day = dates({ day: 'numeric', month: 'short', year: 'numeric' }, 'UTC');
  const dayShort = dates({ weekday: 'short', day: 'numeric', month: 'short' }, 'UTC');
  const dayWithWeek = dates({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }, 'UTC');
  const dayName = dates({ day: 'numeric', month: 'long' }, 'UTC');
  const dayLong = dates({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }, 'UTC');
  const clock = dates({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }, timeZone);
  const exact = dates(
    { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' },
    timeZone,
  );
  const minute: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const moment = dates({ day: 'numeric', month: 'short', ...minute }, timeZone);
  const second = dates({ day: 'numeric', month: 'short', ...minute, second: '2-digit' }, timeZone);
  const full = dates({ day: 'numeric', month: 'short', year: 'numeric', ...minute }, timeZone);
  const decimal = new Intl.NumberFormat(language, {
    useGrouping: 'always',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  } as Intl.NumberFormatOptions);
  const iso = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone });

  const unsigned = (minor: number): string => {
    const digits = String(Math.abs(minor)).padStart(minorUnits + 1, '0');
    const whole = grouped(digits.slice(0, digits.length - minorUnits), group);
    return minorUnits === 0 ? whole : `${whole}${point}${digits.slice(-minorUnits)}`;
  };
  const known = <Value>(value: Shown<Value>, write: (value: Value) => string): string => {
    if (value === undefined) return UNKNOWN;
    return value === null ? NONE : write(value);
  };
  const noon = (each: string) => new Date(`${each}T12:00:00Z`);
  // ICU abbreviates September by four letters, and writes the year with a word in Russian.
  const tidy = (text: string) =>
    text
      .replace(/Sept\b/, 'Sep')
      .replace(/\s*г\.?$/u, '')
      .replace(/\s*г\.,/u, ',');
  const count = (value: Shown<number>) =>
    known(value, (each) => (each < 0 ? MINUS : '') + grouped(String(Math.abs(each)), group));
  return {
    language,
    measures,
    amount: (minor) => known(minor, (each) => (each < 0 ? MINUS : '') + unsigned(each)),
    change: (minor) => known(minor, (each) => (each < 0 ? MINUS : each > 0 ? '+' : '') + unsigned(each)),
    count,
    decimal: (value) => decimal.format(value),
    capped: (value) => (value === undefined ? UNKNOWN : count(value.count) + (value.capped ? '+' : '')),
    day: (each) => known(each, (value) => tidy(day.format(noon(value)))),
    dayShort: (each) => tidy(dayShort.format(noon(each))).replace(',', ''),
    dayWithWeek: (each) => tidy(dayWithWeek.format(noon(each))).replace(',', ''),
    dayName: (each) => dayName.format(noon(each)),
    dayLong: (each) => tidy(dayLong.format(noon(each))),
    clock: (at) => known(at, (each) => clock.format(new Date(each))),
    exact: (at) => exact.format(new Date(at)).replace(',', '.'),
    moment: (at) => known(at, (each) => tidy(moment.format(new Date(each)))),
    second: (at) => tidy(second.format(new Date(at))),
    full: (at) => known(at, (each) => tidy(full.format(new Date(each)))),
    dateOf: (at) => iso.format(new Date(at)),
    span(seconds) {
      const minutes = Math.max(0, Math.floor(seconds / 60));
      return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
    },
  };
}

/** The business day so many days later, or earlier. */
export function dayAfter(day: string, days: number): string {
  const at = new Date(`${day}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** Puts a separator between groups of three digits. */
function grouped(digits: string, separator: string): string {
  return digits.replace(/\B(?=(?:\d{3})+$)/g, separator);
}

/** The forms of a word by number, as `Intl.PluralRules` names them. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

const rules = new Map<Language, Intl.PluralRules>();

/** The form for a count, with the count in place of `#`. */
export function plural(language: Language, count: number, forms: Forms): string {
  let rule = rules.get(language);
  if (rule === undefined) {
    rule = new Intl.PluralRules(language);
    rules.set(language, rule);
  }
  const shown = new Intl.NumberFormat(language, { useGrouping: 'always' } as Intl.NumberFormatOptions).format(
    count,
  );
  return (forms[rule.select(count)] ?? forms.other).replace('#', shown);
}
