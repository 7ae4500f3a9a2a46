/**
 * The differences between two OpenAPI documents, as clients of the older one meet them. Params and
 * bodies may accept more than before, answers may have more fields than before; everything else
 * breaks a client. Problems are left out: clients must take a new code like its status. Pure.
 */

/** A difference, such as `GET /toys: the param limit was removed`. */
export interface Change {
  readonly isBreaking: boolean;
  readonly text: string;
}

type Node = Readonly<Record<string, unknown>>;
/** `request`: what clients send. `answer`: what they get. */
type Direction = 'request' | 'answer';

/** The constraints of a schema that are compared as they are. */
const CONSTRAINTS = ['format', 'pattern', 'uniqueItems', 'not', 'const'] as const;
/** Bounds, and whether a higher one allows more. */
const BOUNDS: readonly (readonly [name: string, isUpper: boolean])[] = [
  ['minimum', false],
  ['minLength', false],
  ['minItems', false],
  ['maximum', true],
  ['maxLength', true],
  ['maxItems', true],
];

/** All changes from `before` to `after`, in the order of their paths. */
export function changesBetween(before: object, after: object): Change[] {
  const found: Change[] = [];
  const [old, now] = [new Description(before), new Description(after)];
  for (const route of union(old.operations, now.operations)) {
    const [was, is] = [old.operations[route], now.operations[route]];
    if (was === undefined || is === undefined) {
      found.push({
        isBreaking: is === undefined,
        text: `${route} was ${is === undefined ? 'removed' : 'added'}`,
      });
      continue;
    }
    new Comparison(old, now, route, found).operation(was, is);
  }
  return found;
}

class Description {
  readonly #root: Node;
  /** By method and path, such as `GET /toys`. */
  readonly operations: Readonly<Record<string, Node>>;

  constructor(root: object) {
    this.#root = root as Node;
    this.operations = Object.fromEntries(
      Object.entries(nodeOf(this.#root.paths)).flatMap(([path, methods]) =>
        Object.entries(nodeOf(methods)).map(([method, operation]) => [
          `${method.toUpperCase()} ${path}`,
          nodeOf(operation),
        ]),
      ),
    );
  }

  /** The part itself, or the one that it refers to. */
  resolve(part: unknown): Node {
    const node = nodeOf(part);
    if (typeof node.$ref !== 'string') return node;
    const target = node.$ref
      .split('/')
      .slice(1)
      .reduce<unknown>((at, name) => nodeOf(at)[name], this.#root);
    return this.resolve(target);
  }
}

class Comparison {
  readonly #old: Description;
  readonly #now: Description;
  readonly #route: string;
  readonly #found: Change[];

  constructor(old: Description, now: Description, route: string, found: Change[]) {
    this.#old = old;
    this.#now = now;
    this.#route = route;
    this.#found = found;
  }

  operation(was: Node, is: Node): void {
    this.#access(was, is);
    this.#parameters(was, is);
    const [oldBody, newBody] = [nodeOf(was.requestBody), nodeOf(is.requestBody)];
    if (oldBody.required !== true && newBody.required === true) this.#note(true, 'the body became required');
    this.#contents(oldBody.content, newBody.content, 'the body', 'request');
    const [oldAnswers, newAnswers] = [nodeOf(was.responses), nodeOf(is.responses)];
    for (const status of union(oldAnswers, newAnswers).filter((each) => each < '400')) {
      const [before, after] = [oldAnswers[status], newAnswers[status]];
      if (before === undefined || after === undefined) {
        this.#note(
          after === undefined,
          `the status ${status} was ${after === undefined ? 'removed' : 'added'}`,
        );
        continue;
      }
      const [{ content: old }, { content: now }] = [this.#old.resolve(before), this.#now.resolve(after)];
      this.#contents(old, now, `the answer ${status}`, 'answer');
    }
  }

  #note(isBreaking: boolean, text: string): void {
    this.#found.push({ isBreaking, text: `${this.#route}: ${text}` });
  }

  #access(was: Node, is: Node): void {
    const isOpen = ({ security }: Node) => JSON.stringify(security) === '[]';
    if (isOpen(was) !== isOpen(is))
      this.#note(!isOpen(is), isOpen(is) ? 'is for anyone now' : 'needs a token now');
    // Without roles, all users may call.
    const [before, after] = [was['x-roles'], is['x-roles']] as (readonly string[] | undefined)[];
    const lost = before?.filter((role) => after !== undefined && !after.includes(role)) ?? [];
    if (lost.length > 0) this.#note(true, `the roles ${lost.join(', ')} lost access`);
    const gained = after?.filter((role) => before !== undefined && !before.includes(role)) ?? [];
    if (gained.length > 0) this.#note(false, `the roles ${gained.join(', ')} got access`);
    if (before === undefined && after !== undefined) this.#note(true, 'needs a role now');
  }

  #parameters(was: Node, is: Node): void {
    const byName = (description: Description, { parameters = [] }: Node) =>
      Object.fromEntries(
        (parameters as readonly unknown[]).map((each) => {
          const parameter = description.resolve(each);
          return [`${String(parameter.in)} ${String(parameter.name)}`, parameter];
        }),
      );
    const [before, after] = [byName(this.#old, was), byName(this.#now, is)];
    this.#fields(
      before,
      after,
      new Set(requiredIn(before)),
      new Set(requiredIn(after)),
      'the param',
      'request',
      ({ schema }) => schema,
    );
  }

  #contents(was: unknown, is: unknown, place: string, direction: Direction): void {
    const [before, after] = [nodeOf(was), nodeOf(is)];
    for (const media of union(before, after)) {
      const [old, now] = [before[media], after[media]];
      if (old === undefined || now === undefined) {
        this.#note(now === undefined, `${place} ${now === undefined ? 'lost' : 'got'} ${media}`);
        continue;
      }
      // Events have the schema of their data beside that of the text.
      const schemaOf = (content: unknown) =>
        nodeOf(nodeOf(content)['x-event']).data ?? nodeOf(content).schema;
      this.#schema(schemaOf(old), schemaOf(now), place, direction);
    }
  }

  #fields(
    before: Node,
    after: Node,
    wasRequired: ReadonlySet<string>,
    isRequired: ReadonlySet<string>,
    place: string,
    direction: Direction,
    schemaOf: (field: Node) => unknown = (field) => field,
  ): void {
    for (const name of union(before, after)) {
      const [old, now] = [before[name], after[name]];
      const field = `${place} ${name}`;
      if (old === undefined) {
        this.#note(direction === 'request' && isRequired.has(name), `${field} was added`);
      } else if (now === undefined) this.#note(true, `${field} was removed`);
      else {
        if (wasRequired.has(name) !== isRequired.has(name)) {
          const became = isRequired.has(name) ? 'required' : 'optional';
          this.#note((direction === 'request') === isRequired.has(name), `${field} became ${became}`);
        }
        this.#schema(schemaOf(nodeOf(old)), schemaOf(nodeOf(now)), field, direction);
      }
    }
  }

  /** Compares two schemas, except for their texts and examples. */
  #schema(was: unknown, is: unknown, place: string, direction: Direction): void {
    const [old, now] = [this.#old.resolve(was), this.#now.resolve(is)];
    const narrowed = (isNarrower: boolean) => isNarrower === (direction === 'request');
    const [oldTypes, newTypes] = [typesOf(old), typesOf(now)];
    const [gone, came] = [missingIn(oldTypes, newTypes), missingIn(newTypes, oldTypes)];
    if (gone.length > 0 && came.length > 0) {
      this.#note(true, `${place} changed from ${oldTypes.join(' or ')} to ${newTypes.join(' or ')}`);
      return;
    }
    if (gone.length > 0) this.#note(narrowed(true), `${place} is no longer ${gone.join(' or ')}`);
    if (came.length > 0) this.#note(narrowed(false), `${place} may be ${came.join(' or ')} now`);
    this.#values(old, now, place, direction);
    for (const name of CONSTRAINTS) {
      const [before, after] = [JSON.stringify(old[name]), JSON.stringify(now[name])];
      if (before === after) continue;
      const isOther = before !== undefined && after !== undefined;
      this.#note(isOther || narrowed(after !== undefined), `${place} has another ${name}`);
    }
    for (const [name, isUpper] of BOUNDS) {
      const [before, after] = [old[name], now[name]] as (number | undefined)[];
      if (before === after) continue;
      const none = isUpper ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
      const isNarrower = isUpper ? (after ?? none) < (before ?? none) : (after ?? none) > (before ?? none);
      this.#note(narrowed(isNarrower), `${place} has another ${name}`);
    }
    const required = (schema: Node) => new Set((schema.required ?? []) as readonly string[]);
    this.#fields(
      nodeOf(old.properties),
      nodeOf(now.properties),
      required(old),
      required(now),
      place,
      direction,
    );
    if (old.items !== undefined && now.items !== undefined)
      this.#schema(old.items, now.items, `${place}[]`, direction);
    const [oldValues, newValues] = [old.additionalProperties, now.additionalProperties];
    if (isNode(oldValues) && isNode(newValues)) this.#schema(oldValues, newValues, `${place}.*`, direction);
    const [[oldBranch], [newBranch]] = [branchesOf(old), branchesOf(now)];
    if (oldBranch !== undefined && newBranch !== undefined)
      this.#schema(oldBranch, newBranch, place, direction);
  }

  /** New values of an answer are no break: clients must expect them. */
  #values(old: Node, now: Node, place: string, direction: Direction): void {
    const [before, after] = [old.enum, now.enum] as (readonly unknown[] | undefined)[];
    if (before === undefined && after === undefined) return;
    const gone = before === undefined ? ['others'] : missingIn(before, after ?? before);
    const came = after === undefined ? ['others'] : missingIn(after, before ?? after);
    if (gone.length > 0) this.#note(direction === 'request', `${place} is no longer ${gone.join(', ')}`);
    if (came.length > 0) this.#note(false, `${place} may be ${came.join(', ')} now`);
  }
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
const nodeOf = (value: unknown): Node => (isNode(value) ? value : {});
const union = (before: Node, after: Node): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
const missingIn = <Value>(values: readonly Value[], others: readonly Value[]): Value[] =>
  values.filter((value) => !others.includes(value));
const requiredIn = (parameters: Readonly<Record<string, Node>>): string[] =>
  Object.keys(parameters).filter((name) => parameters[name]?.required === true);

/** The branches of a value that may be null, without that of null. */
const branchesOf = ({ anyOf = [] }: Node): Node[] =>
  (anyOf as readonly Node[]).filter((branch) => branch.type !== 'null');

/** The types of a schema's values; null counts as one. */
function typesOf(schema: Node): string[] {
  const { type, anyOf } = schema;
  if (Array.isArray(anyOf)) return [...new Set(anyOf.flatMap((branch) => typesOf(nodeOf(branch))))].sort();
  if (Array.isArray(type)) return [...type].sort() as string[];
  return [typeof type === 'string' ? type : 'anything'];
}
