/**
 * Translates rules (schemas/params.ts, schemas/answers.ts) into JSON Schema 2020-12, as OpenAPI 3.1
 * uses it, and makes up an example for each. Pure.
 */

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Translation {
  /** The `$ref` of an object, by its rules; undefined: it is written out. */
  readonly refOf?: (fields: object) => string | undefined;
  /** Whether null counts as a missing field, as in bodies. */
  readonly isNullMissing?: boolean;
  /** What a field means; undefined if nothing is known. */
  readonly describe?: (name: string) => string | undefined;
}

interface Rule {
  readonly type: string;
  readonly optional?: boolean;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly convert?: boolean;
  readonly example?: unknown;
  /** What a pattern allows, in words. */
  readonly expects?: string;
  readonly isSecret?: boolean;
  /** What the value means. Default: what its name means everywhere. */
  readonly description?: string;
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
  readonly notEqual?: number;
  readonly pattern?: RegExp;
  readonly format?: string;
  readonly values?: readonly unknown[];
  readonly items?: Rule;
  readonly unique?: boolean;
  readonly props?: Fields;
  readonly strict?: boolean;
  readonly value?: Rule;
}
type Fields = Readonly<Record<string, Rule>>;

/** A kind of rule. */
interface Kind {
  /** The options that it may have beside `GENERAL`. A rule with another one is not translated. */
  readonly options: readonly string[];
  schema(rule: Rule, translation: Translation): JsonSchema;
  /** An example that keeps to the rule. */
  example(rule: Rule): unknown;
}

const GENERAL: readonly string[] = [
  'type',
  'optional',
  'nullable',
  'default',
  'convert',
  'example',
  'expects',
  'isSecret',
  'description',
];
/** A rule of an array or a record without one for its values. */
const ANY: Rule = { type: 'any' };

const text = (rule: Rule): JsonSchema => ({
  type: 'string',
  minLength: rule.min,
  maxLength: rule.max,
  pattern: rule.pattern === undefined ? undefined : sourceOf(rule.pattern),
  format: rule.isSecret === true ? 'password' : rule.format,
});

const KINDS: Readonly<Record<string, Kind>> = {
  any: { options: [], schema: () => ({}), example: () => ({}) },
  boolean: { options: [], schema: () => ({ type: 'boolean' }), example: () => true },
  uuid: {
    options: [],
    schema: () => ({ type: 'string', format: 'uuid' }),
    example: () => '019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05',
  },
  string: { options: ['min', 'max', 'pattern', 'format'], schema: text, example: exampleOfText },
  custom: { options: ['min', 'max', 'check'], schema: text, example: exampleOfText },
  number: {
    options: ['min', 'max', 'integer', 'notEqual'],
    schema: ({ min, max, integer, notEqual }) => ({
      type: integer === true ? 'integer' : 'number',
      minimum: min,
      maximum: max,
      not: notEqual === undefined ? undefined : { const: notEqual },
    }),
    example: ({ min = 1, max = 1 }) => Math.max(min, Math.min(max, 1)),
  },
  enum: {
    options: ['values'],
    schema: ({ values = [] }) => ({ type: commonTypeOf(values), enum: values }),
    example: ({ values = [] }) => values[0],
  },
  array: {
    options: ['items', 'min', 'max', 'unique'],
    schema: ({ items = ANY, min, max, unique }, translation) => ({
      type: 'array',
      items: schemaOf(items, translation),
      minItems: min,
      maxItems: max,
      uniqueItems: unique,
    }),
    example: ({ items = ANY }) => [exampleOf(items)],
  },
  record: {
    options: ['value'],
    schema: ({ value = ANY }, translation) => ({
      type: 'object',
      additionalProperties: schemaOf(value, translation),
    }),
    example: ({ value = ANY }) => ({ name: exampleOf(value) }),
  },
  object: {
    options: ['props', 'strict'],
    schema: ({ props = {}, strict }, translation) => schemaOfFields(props, translation, strict !== false),
    example: ({ props = {} }) => exampleOfFields(props),
  },
};

/** Throws for a rule of an unknown kind or with an unknown option. */
function kindOf(rule: Rule): Kind {
  const kind = Object.hasOwn(KINDS, rule.type) ? KINDS[rule.type] : undefined;
  if (kind === undefined) throw new Error(`There is no JSON schema for rules of type ${rule.type}`);
  const unknown = Object.keys(rule).find((name) => !GENERAL.includes(name) && !kind.options.includes(name));
  if (unknown === undefined) return kind;
  throw new Error(`There is no JSON schema for the option ${unknown} of rules of type ${rule.type}`);
}

/** The schema of a rule's values. Throws for a rule that it can't translate. */
export function schemaOf(rule: object, translation: Translation = {}): JsonSchema {
  const { nullable, optional, default: byDefault } = rule as Rule;
  const found = kindOf(rule as Rule).schema(rule as Rule, translation);
  const schema = Object.fromEntries(
    Object.entries({ ...found, default: byDefault }).filter(([, value]) => value !== undefined),
  );
  return nullable === true || (optional === true && translation.isNullMissing === true)
    ? orNull(schema)
    : schema;
}

/** The schema of an object with these fields; `isClosed`: with no others. */
export function schemaOfFields(fields: object, translation: Translation = {}, isClosed = true): JsonSchema {
  const $ref = translation.refOf?.(fields);
  if ($ref !== undefined) return { $ref };
  const rules = rulesOf(fields);
  const required = rules.filter(([, rule]) => isRequired(rule)).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      rules.map(([name, rule]) => [name, described(schemaOf(rule, translation), name, rule, translation)]),
    ),
    ...(required.length === 0 ? {} : { required }),
    ...(isClosed ? { additionalProperties: false } : {}),
  };
}

/** The schema with what the field means, if that is known. */
export function described(
  schema: JsonSchema,
  name: string,
  rule: object,
  { describe }: Pick<Translation, 'describe'>,
): JsonSchema {
  const description = (rule as Rule).description ?? describe?.(name);
  return description === undefined ? schema : { description, ...schema };
}

/** An example of a rule's values: that of the rule, its default, or one that is made up. */
export function exampleOf(rule: object): unknown {
  const { example, default: byDefault } = rule as Rule;
  return example ?? byDefault ?? kindOf(rule as Rule).example(rule as Rule);
}

/** An example of an object with all of these fields. */
export function exampleOfFields(fields: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(rulesOf(fields).map(([name, rule]) => [name, exampleOf(rule)]));
}

/** Whether a field must be there. */
export const isRequired = (rule: object): boolean =>
  (rule as Rule).optional !== true && (rule as Rule).default === undefined;

/** The rules by field, without settings such as `$$strict`. */
function rulesOf(fields: object): [string, Rule][] {
  return Object.entries(fields as Fields).filter(([name]) => !name.startsWith('$$'));
}

function orNull(schema: JsonSchema): JsonSchema {
  if (Object.keys(schema).length === 0) return schema;
  return typeof schema.type === 'string' && schema.enum === undefined
    ? { ...schema, type: [schema.type, 'null'] }
    : { anyOf: [schema, { type: 'null' }] };
}

/** The type of the values; undefined where they have several. */
function commonTypeOf(values: readonly unknown[]): string | undefined {
  const [type, ...others] = new Set(values.map((value) => typeof value));
  return others.length === 0 ? type : undefined;
}

/** JSON Schema has no flags. */
function sourceOf({ source, flags }: RegExp): string {
  if (flags === '') return source;
  throw new Error(`There is no JSON schema for the flags of /${source}/${flags}`);
}

const WORD = 'text';

function exampleOfText({ min = 0, max = WORD.length, pattern }: Rule): string {
  if (pattern !== undefined) throw new Error(`The rule with the pattern ${pattern} needs an example`);
  return min <= WORD.length && WORD.length <= max ? WORD : 'x'.repeat(Math.max(min, Math.min(max, 1)));
}
