/**
 * Rules for the answers of actions, in the notation of params, and the types of their values. An
 * answer has each of its fields, and no others; a field without a value is null.
 */
import { MAX_CURSOR_LENGTH, type ParamsOf, whole } from './params.ts';

/** The rules of an answer's fields; null for an answer without a body (204). */
export type AnswerRules = object | null;

/** What a handler returns, and what clients get. */
export type AnswerOf<A extends AnswerRules> = A extends null ? null : ParamsOf<A>;

/** Text of any length and form. */
export const string = (example = 'text') => ({ type: 'string', example }) as const;
export const boolean = () => ({ type: 'boolean' }) as const;
/** One of these values. */
export const oneOf = <const V extends readonly (string | boolean)[]>(...values: V) =>
  ({ type: 'enum', values }) as const;
/** ISO 8601 in UTC with milliseconds, as `toISOString` writes it. */
export const time = () =>
  ({
    type: 'string',
    pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
    format: 'date-time',
    example: '2026-03-31T12:30:00.000Z',
  }) as const;
/** A signed amount in minor units of the currency. */
export const amount = () => ({ ...whole(Number.MIN_SAFE_INTEGER), example: 1400 }) as const;
/** An amount that is never negative. */
export const sum = () => ({ ...whole(0), example: 1400 }) as const;
/** An ISO 4217 code. */
export const currency = () => ({ type: 'string', pattern: /^[A-Z]{3}$/, example: 'USD' }) as const;
/** Any JSON, also null. */
export const json = () => ({ type: 'any', nullable: true }) as const;

/** The rule, with what the value means in this place. */
export const described = <const R extends object>(rule: R, description: string) =>
  ({ ...rule, description }) as const;
export const nullable = <const R extends object>(rule: R) => ({ ...rule, nullable: true }) as const;
export const array = <const R extends object>(items: R) => ({ type: 'array', items }) as const;
/** An object with these fields only. */
export const object = <const P extends object>(props: P) =>
  ({ type: 'object', props, strict: true }) as const;
/** An object with these fields, and others of any name. */
export const openObject = <const P extends object>(props: P) =>
  ({ type: 'object', props, strict: false }) as const;
/** An object with fields of any name, whose values have one rule. */
export const record = <const R extends object>(value: R) => ({ type: 'record', value }) as const;
/** The answer of a list: a page of items, and the cursor of the next page; null after the last. */
export const list = <const P extends object>(item: P) =>
  ({
    items: array(object(item)),
    nextCursor: nullable({ type: 'string', min: 1, max: MAX_CURSOR_LENGTH }),
  }) as const;
