/** Rules for action params (fastest-validator) that contracts use again and again, and the types they stand for. */
import { faultOfLine, faultOfText, type TextFault, trimmedLine } from './characters.ts';

/** `limit` of every list (design: ≤ 200; outside is refused, not clamped). */
export const MAX_PAGE_SIZE = 200;
export const DEFAULT_PAGE_SIZE = 50;
/** A cursor is an opaque position; longer ones are not ours. */
const MAX_CURSOR_LENGTH = 500;

/**
 * A rule that checks a text, and replaces it by its normal form. `fault` gets the text in that form. A rule of type `custom`, as
 * fastest-validator leaves out the `custom` function of a string's rule where a schema holds the same rule twice.
 */
export const checkedText = (normal: (text: string) => string, fault: (text: string) => TextFault | null) =>
  ({
    type: 'custom',
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

interface BrokenRule {
  readonly type: string;
  /** Default: that of fastest-validator for the type. */
  readonly message?: string;
}

/**
 * One line of text: trimmed, in NFC, `min` to `max` code points, at least one of them visible. It has no control characters, bidi controls
 * or line separators.
 */
export const line = (min: number, max: number) =>
  checkedText(
    (text) => trimmedLine(text).normalize('NFC'),
    (text) => faultOfLine(text, min, max),
  );
/** Text of several lines in NFC, `min` to `max` code points, without other control characters than tabs and line breaks. */
export const text = (max: number, min = 0) =>
  checkedText(
    (value) => value.normalize('NFC'),
    (value) => faultOfText(value, min, max),
  );
/** A UUID, of something or of somebody. */
export const id = () => ({ type: 'uuid' }) as const;
/** A business day as `YYYY-MM-DD`; the handler refuses what is no day of the calendar. */
export const businessDay = () => ({ type: 'string', pattern: /^\d{4}-\d{2}-\d{2}$/ }) as const;
/** A user's id, or `me` for who asks. */
export const meOrId = () =>
  ({ type: 'string', pattern: /^(?:me|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$/ }) as const;
/** May be left out. In a JSON body null passes as well: a handler takes it as left out (`??`), whatever the type says. */
export const optional = <const R extends object>(rule: R) => ({ ...rule, optional: true }) as const;

/** `limit` and `cursor` of a list; they arrive as text in a query. */
export const page = {
  limit: {
    type: 'number',
    integer: true,
    min: 1,
    max: MAX_PAGE_SIZE,
    convert: true,
    default: DEFAULT_PAGE_SIZE,
  },
  cursor: { type: 'string', min: 1, max: MAX_CURSOR_LENGTH, optional: true },
} as const;

/** `custom`: the only rules of this type are those of `checkedText`. */
type RuleValue<R> = R extends { readonly type: 'string' | 'uuid' | 'email' | 'url' | 'custom' }
  ? string
  : R extends { readonly type: 'number' }
    ? number
    : R extends { readonly type: 'boolean' }
      ? boolean
      : R extends { readonly type: 'enum'; readonly values: readonly (infer V)[] }
        ? V
        : R extends { readonly type: 'array'; readonly items: infer I }
          ? readonly RuleValue<I>[]
          : R extends { readonly type: 'object'; readonly props: infer P }
            ? ParamsOf<P>
            : unknown;

type OptionalKeys<P> = {
  [K in keyof P]: P[K] extends { readonly optional: true } ? K : never;
}[keyof P];

/** The params that a fastest-validator schema lets through. */
export type ParamsOf<P> = {
  readonly [K in Exclude<keyof P, OptionalKeys<P> | `$$${string}`>]: RuleValue<P[K]>;
} & {
  readonly [K in Exclude<OptionalKeys<P>, `$$${string}`>]?: RuleValue<P[K]> | undefined;
};
