/** The wrong fields of a request, made of the rules that they break. Pure. */
import { inOneLine } from '#schemas/characters.ts';
import type { FieldError } from '#schemas/errors.ts';
import { truncate } from '#schemas/text.ts';

/** The most wrong fields that are listed. */
const MAX_FIELD_ERRORS = 50;
/** The longest echo of a client's own text, in code points. */
const MAX_ECHO = 100;
/** The longest message that comes from fastest-validator, in code points. */
const MAX_MESSAGE = 200;

/** A broken rule of fastest-validator. */
interface BrokenRule {
  readonly type?: unknown;
  readonly field?: unknown;
  readonly message?: unknown;
  readonly actual?: unknown;
}

/** The options of a rule that messages show (schemas/params.ts). */
interface Rule {
  readonly values?: readonly unknown[];
  readonly pattern?: RegExp;
  readonly expects?: string;
  readonly example?: unknown;
  readonly isSecret?: true;
  readonly items?: Rule;
  readonly props?: Readonly<Record<string, Rule>>;
  readonly value?: Rule;
}

/** The option of the rule by the end of the error's type: `max` of `stringMax`. */
const LIMIT = /(Min|Max|Length|NotEqual)$/;

/**
 * Converts the results of fastest-validator for clients. `rules` are those that were checked;
 * without them, messages are less specific.
 */
export function fieldErrors(broken: unknown, rules: object = {}): FieldError[] {
  if (!Array.isArray(broken)) return [];
  return broken
    .slice(0, MAX_FIELD_ERRORS)
    .flatMap((each) => fieldErrorsOf(each, rules))
    .slice(0, MAX_FIELD_ERRORS);
}

/** `part` says where the field is, and is shown when the name is empty. */
export function unknownField(name: string, part: 'body' | 'query' = 'body'): FieldError {
  const shown = truncate(name, MAX_ECHO);
  return {
    field: shown === '' ? part : shown,
    code: 'unknown_field',
    message: `There is no field '${shown}' here.`,
  };
}

/**
 * What was received, for a message: bounded, in one line, and without the content of objects. Never
 * call it for a secret.
 */
export function received(value: unknown): string {
  if (typeof value === 'string') {
    const text = truncate(inOneLine(value), MAX_ECHO + 1);
    return `'${text.length > MAX_ECHO ? `${truncate(text, MAX_ECHO)}…` : text}'`;
  }
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}

function fieldErrorsOf({ type, field, message, actual }: BrokenRule, rules: object): FieldError[] {
  const path = typeof field === 'string' ? field : '';
  if (type === 'objectStrict') {
    const names = String(actual).split(', ').slice(0, MAX_FIELD_ERRORS);
    return names.map((name) => unknownField(path === '' ? name : `${path}.${name}`));
  }
  const shown = path === '' ? 'body' : path;
  const rule = ruleAt(path, rules);
  const code = String(type).replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const wanted = rule === undefined ? undefined : wantedBy(rule, type);
  if (wanted !== undefined) {
    // A value of a secret field must not come back, not even to its sender.
    const echo = rule?.isSecret === true ? '' : `; it was ${received(actual)}`;
    return [
      { field: shown, code, message: `'${shown}' must be ${wanted}${echo}.`, params: limitsOf(rule, type) },
    ];
  }
  return [
    { field: shown, code, message: truncate(String(message), MAX_MESSAGE), params: limitsOf(rule, type) },
  ];
}

/** What an enum or a pattern allows, such as `a business day as YYYY-MM-DD, such as 2026-03-31`. */
function wantedBy({ values, pattern, expects, example }: Rule, type: unknown): string | undefined {
  if (type === 'enumValue' && values !== undefined) {
    return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
  }
  if (type !== 'stringPattern' || pattern === undefined) return undefined;
  const sample = example === undefined ? '' : `, such as ${String(example)}`;
  return `${expects ?? `a text of the form ${pattern.source}`}${sample}`;
}

/** The values in the message. They come from the rule, never from the request. */
function limitsOf(rule: Rule | undefined, type: unknown): Readonly<Record<string, unknown>> {
  if (rule === undefined) return {};
  const { values, pattern, example } = rule;
  if (type === 'enumValue') return { values };
  if (type === 'stringPattern' && pattern !== undefined) return { pattern: pattern.source, example };
  const [, end] = LIMIT.exec(String(type)) ?? [];
  if (end === undefined) return {};
  const option = `${end[0]?.toLowerCase()}${end.slice(1)}`;
  const limit = (rule as Readonly<Record<string, unknown>>)[option];
  return limit === undefined ? {} : { [option]: limit };
}

/** The rule of the field at a path such as `box.tags[0]`; undefined if there is none. */
function ruleAt(path: string, rules: object): Rule | undefined {
  let rule: Rule | undefined = { props: rules as Readonly<Record<string, Rule>> };
  for (const [, index, name = ''] of path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)) {
    const { items, props = {}, value } = (rule ?? {}) as Rule;
    if (index !== undefined) rule = items;
    else rule = Object.hasOwn(props, name) ? props[name] : value;
  }
  return rule;
}
