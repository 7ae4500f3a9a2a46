/**
 * Shared rules for action params (fastest-validator), and the types of their values. A rule with a
 * pattern has an `example`, because none can be made up, and says what it `expects`. A rule of a
 * secret has `isSecret`: its value is in no message.
 */
import { faultOfLine, faultOfText, type TextFault, trimmedLine } from './characters.ts';

/** The highest `limit` of lists. A higher one is refused, not lowered. */
export const MAX_PAGE_SIZE = 200;
export const DEFAULT_PAGE_SIZE = 50;
/** A cursor is an opaque position. No list makes a longer one. */
export const MAX_CURSOR_LENGTH = 500;

/**
 * A rule that checks a text and replaces it by its normal form, which `fault` gets. The type is
 * `custom`, because fastest-validator skips the `custom` function of a string rule that a schema
 * uses twice. `documented` is what the documentation says of the normal form.
 */
export const checkedText = (
  normal: (text: string) => string,
  fault: (text: string) => TextFault | null,
  documented: DocumentedText,
) =>
  ({
    type: 'custom',
    ...documented,
    check(value: unknown, errors: BrokenRule[]): unknown {
      if (typeof value !== 'string') {
        errors.push({ type: 'string' });
        return value;
      }
      const text = normal(value);
      const found = fault(text);
      if (found === null) return text;
      errors.push({ type: found.code, message: `The '{field}' field ${found.message}.` });
      return value;
    },
  }) as const;

interface DocumentedText {
  /** The shortest text in code points. */
  readonly min: number;
  /** The longest text in code points. */
  readonly max: number;
  /** Default: a text that is made up. */
  readonly example?: string | undefined;
}

interface BrokenRule {
  readonly type: string;
  /** Default: fastest-validator's message for the type. */
  readonly message?: string;
}

/**
 * One line of text: trimmed, in NFC, `min` to `max` code points, at least one of them visible.
 * Control characters, bidi controls and line separators are refused.
 */
export const line = (min: number, max: number, example?: string) =>
  checkedText(
    (text) => trimmedLine(text).normalize('NFC'),
    (text) => faultOfLine(text, min, max),
    { min, max, example },
  );
/**
 * Text of several lines in NFC, `min` to `max` code points. Its only control characters are tabs
 * and line breaks.
 */
export const text = (max: number, min = 0) =>
  checkedText(
    (value) => value.normalize('NFC'),
    (value) => faultOfText(value, min, max),
    { min, max },
  );
/** A secret of any form. Neither messages nor logs may have its value. */
export const secret = (example = 'text') => ({ type: 'string', isSecret: true, example }) as const;
/** The UUID of a user or of a resource. */
export const id = () => ({ type: 'uuid' }) as const;
/** A whole number within these bounds. */
export const whole = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  ({ type: 'number', integer: true, min, max }) as const;
/** A business day as `YYYY-MM-DD`. The handler refuses a day that is not in the calendar. */
export const businessDay = () =>
  ({
    type: 'string',
    pattern: /^\d{4}-\d{2}-\d{2}$/,
    expects: 'a day as YYYY-MM-DD',
    example: '2026-03-31',
  }) as const;
/** A user's id, or `me` for the caller. */
export const meOrId = () =>
  ({
    type: 'string',
    pattern: /^(?:me|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$/,
    expects: 'me or a UUID',
    example: 'me',
  }) as const;
/**
 * ISO 8601: a time with its offset, or a day. The handler decides whether a day is its midnight
 * (UTC) or the whole day.
 */
export const dayOrTime = () =>
  ({
    type: 'string',
    pattern: /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/,
    expects: 'a day, or a time with its offset (ISO 8601)',
    example: '2026-03-31',
  }) as const;
/**
 * An optional param. JSON bodies may also have null: handlers treat it as missing (`??`), although
 * the type does not have it.
 */
export const optional = <const R extends object>(rule: R) => ({ ...rule, optional: true }) as const;

/** The text that a list is searched for. */
export const searchText = optional(line(1, 200));

/** `limit` and `cursor` of a list; a query has them as text. */
export const page = {
  limit: { ...whole(1, MAX_PAGE_SIZE), convert: true, default: DEFAULT_PAGE_SIZE },
  cursor: { type: 'string', min: 1, max: MAX_CURSOR_LENGTH, optional: true },
} as const;

/** The value of a rule. Only `checkedText` makes rules of type `custom`. */
export type ValueOf<R> = R extends { readonly nullable: true }
  ? ValueOf<Omit<R, 'nullable'>> | null
  : R extends { readonly type: 'string' | 'uuid' | 'email' | 'url' | 'custom' }
    ? string
    : R extends { readonly type: 'number' }
      ? number
      : R extends { readonly type: 'boolean' }
        ? boolean
        : R extends { readonly type: 'enum'; readonly values: readonly (infer V)[] }
          ? V
          : R extends { readonly type: 'array'; readonly items: infer I }
            ? readonly ValueOf<I>[]
            : R extends { readonly type: 'record'; readonly value: infer V }
              ? Readonly<Record<string, ValueOf<V>>>
              : R extends { readonly type: 'object'; readonly props: infer P; readonly strict: false }
                ? ParamsOf<P> & { readonly [field: string]: unknown }
                : R extends { readonly type: 'object'; readonly props: infer P }
                  ? ParamsOf<P>
                  : unknown;

type OptionalKeys<P> = {
  [K in keyof P]: P[K] extends { readonly optional: true } ? K : never;
}[keyof P];

/** The params, or the fields of an answer, that a fastest-validator schema accepts. */
export type ParamsOf<P> = {
  readonly [K in Exclude<keyof P, OptionalKeys<P> | `$$${string}`>]: ValueOf<P[K]>;
} & {
  readonly [K in Exclude<OptionalKeys<P>, `$$${string}`>]?: ValueOf<P[K]> | undefined;
};
