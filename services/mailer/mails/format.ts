/** Formats amounts, days, times and counts in a language. Pure. */
import { LANGUAGES } from '#schemas/languages.ts';

export type Language = (typeof LANGUAGES)[number];

/** The language of a mail: the user's locale, otherwise the configured one, otherwise English. */
export function languageOf(locale: string | null, fallback: string): Language {
  const known = (name: string | null) => LANGUAGES.find((language) => language === name);
  return known(locale) ?? known(fallback) ?? 'en';
}

/**
 * Maximum number of cached formats. Making one takes longer than formatting a line with it.
 * Languages, zones and currencies are few.
 */
const MAX_FORMATS = 100;

function kept<Format>(make: (key: string) => Format): (key: string) => Format {
  const formats = new Map<string, Format>();
  return (key) => {
    const format = formats.get(key) ?? make(key);
    if (formats.size >= MAX_FORMATS) formats.clear();
    formats.set(key, format);
    return format;
  };
}

const amountFormat = kept((key) => {
  const [language, currency] = key.split(' ') as [string, string];
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  return { format, digits: format.resolvedOptions().maximumFractionDigits ?? 2 };
});

const timeFormat = kept((key) => {
  const [language, timeZone] = key.split(' ') as [string, string];
  const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone } as const;
  return new Intl.DateTimeFormat(language, options);
});

const dayFormat = kept(
  (language) => new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }),
);

/**
 * Formats minor units of a currency: `-1234` of USD is `-$12.34`. It is exact for every safe
 * integer.
 */
export function money(language: Language, amount: number, currency: string): string {
  const { format, digits } = amountFormat(`${language} ${currency}`);
  return format.format(decimal(amount, digits) as Intl.StringNumericLiteral);
}

function decimal(amount: number, digits: number): string {
  const minor = BigInt(Math.abs(amount))
    .toString()
    .padStart(digits + 1, '0');
  const whole = minor.slice(0, minor.length - digits);
  return `${amount < 0 ? '-' : ''}${whole}${digits === 0 ? '' : `.${minor.slice(-digits)}`}`;
}

/** `2025-03-09` is `March 9, 2025`. Throws `RangeError` for a day that does not exist. */
export function day(language: Language, businessDay: string): string {
  const date = new Date(`${businessDay}T00:00:00Z`);
  // toISOString throws for an invalid date.
  if (!date.toISOString().startsWith(businessDay)) throw new RangeError(`There is no day ${businessDay}`);
  return dayFormat(language).format(date);
}

/** `14:05`, on a 24-hour clock in the zone of the business days. */
export function time(language: Language, at: number, timeZone: string): string {
  return timeFormat(`${language} ${timeZone}`).format(at);
}

/** The form of a count. Russian has three forms. A language without a form uses `other`. */
export function plural(
  language: Language,
  count: number,
  forms: { readonly one: string; readonly few?: string; readonly many?: string; readonly other?: string },
): string {
  const rule = new Intl.PluralRules(language).select(count);
  const number = new Intl.NumberFormat(language).format(count);
  const form = { one: forms.one, few: forms.few, many: forms.many }[rule as 'one' | 'few' | 'many'];
  return `${number} ${form ?? forms.other ?? forms.many ?? forms.one}`;
}

/** `[POPUG-1] Wash the cage` */
export function titled(item: { readonly title: string; readonly externalId: string | null }): string {
  return item.externalId === null ? item.title : `[${item.externalId}] ${item.title}`;
}
