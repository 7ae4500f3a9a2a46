/**
 * The routes, made from the action contracts: their path, query and body params, with a compiled
 * check. Pure.
 */
import type { ActionContract } from '#schemas/action.ts';
import { AnswerCheck } from '#schemas/answer-check.ts';
import { type FieldError, Problem } from '#schemas/errors.ts';
import { fieldErrors, received, unknownField } from './field-errors.ts';

/** The prefix of all routes except those at the root. */
export const API_PREFIX = '/api/v1';

/**
 * A validator as Moleculer makes them. It returns true or the broken rules. It trims, converts and
 * fills in defaults in place.
 */
export type Check = (params: object) => true | readonly unknown[] | Promise<unknown>;
/** Compiles the rules of a contract. */
export type CompileCheck = (rules: object) => Check;

/** A route as its contract declares it. */
export interface DeclaredRoute {
  readonly contract: ActionContract;
  readonly method: string;
  /** Such as `/api/v1/tasks/:id`. */
  readonly path: string;
  /** Whether the params outside the path are in the body (POST, PATCH) or in the query. */
  readonly takesBody: boolean;
  /** The names that the query or the body may have. */
  readonly formNames: ReadonlySet<string>;
  readonly pathNames: readonly string[];
}

/** A route with its compiled check. */
export interface Route extends DeclaredRoute {
  readonly check: Check;
  /** Null unless answers are checked (`CHECK_ANSWERS`). */
  readonly answerCheck: AnswerCheck | null;
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** The query parameters of a route. */
export function queryNames(route: Route): ReadonlySet<string> {
  return route.takesBody ? NO_NAMES : route.formNames;
}

/** Throws for a path param without a rule, and for events of a route with params. */
export function declaredRoute(contract: ActionContract): DeclaredRoute {
  const [method = '', path = ''] = contract.route.split(' ');
  const pathNames = path
    .split('/')
    .filter((part) => part.startsWith(':'))
    .map((part) => part.slice(1));
  const names = Object.keys(contract.params).filter((name) => !name.startsWith('$$'));
  const missing = pathNames.find((name) => !names.includes(name));
  if (missing !== undefined) throw new Error(`${contract.action}: no rule for ':${missing}' of its route`);
  if (contract.event !== undefined && (method !== 'GET' || names.length > 0)) {
    throw new Error(`${contract.action}: only a GET without params can be answered with events`);
  }
  return {
    contract,
    method,
    path: path.startsWith('//') ? path.slice(1) : `${API_PREFIX}${path}`,
    takesBody: method === 'POST' || method === 'PATCH',
    formNames: new Set(names.filter((name) => !pathNames.includes(name))),
    pathNames,
  };
}

function routeOf(contract: ActionContract, compile: CompileCheck, checkAnswers: boolean): Route {
  return {
    ...declaredRoute(contract),
    check: compile({ ...contract.params, $$strict: true }),
    answerCheck: checkAnswers ? new AnswerCheck(contract) : null,
  };
}

/** Compiles every contract. Throws when two contracts have the same route. */
export function routesOf(
  contracts: readonly ActionContract[],
  compile: CompileCheck,
  checkAnswers = false,
): Route[] {
  const taken = new Map<string, string>();
  return contracts.map((contract) => {
    const route = routeOf(contract, compile, checkAnswers);
    const shape = `${route.method} ${route.path.replaceAll(/:[^/]+/g, ':')}`;
    const other = taken.get(shape);
    if (other !== undefined) throw new Error(`${contract.action} and ${other} have the same route: ${shape}`);
    taken.set(shape, contract.action);
    return route;
  });
}

/**
 * The accepted forms of a number or boolean in a query. JavaScript would also accept `0x1`, `1e1`
 * and a blank.
 */
const EXACT_FORMS: Readonly<Record<string, { readonly form: RegExp; readonly wanted: string }>> = {
  number: { form: /^-?\d{1,16}$/, wanted: 'a number in digits' },
  boolean: { form: /^(?:true|false)$/, wanted: 'true or false' },
};

/**
 * Query values are text. Returns errors for those that are not in the exact form of a number or
 * boolean.
 */
function inexactFields(
  { contract, takesBody }: Route,
  form: Readonly<Record<string, unknown>>,
): FieldError[] {
  if (takesBody) return [];
  const rules = contract.params as Readonly<Record<string, { readonly type?: string } | undefined>>;
  return Object.entries(form).flatMap(([field, value]) => {
    const code = rules[field]?.type ?? '';
    const exact = EXACT_FORMS[code];
    if (exact === undefined || exact.form.test(String(value))) return [];
    return [{ field, code, message: `'${field}' must be ${exact.wanted}; it was ${received(value)}.` }];
  });
}

/** `not_found`, if a param of the path is wrong: then no resource can have this path. */
export function problemOfPath(
  { pathNames }: Pick<DeclaredRoute, 'pathNames'>,
  errors: readonly FieldError[],
): Problem | undefined {
  const wrong = errors.find(({ field }) => pathNames.includes(field));
  return wrong && new Problem('not_found', `Nothing can have this path: ${wrong.message}`);
}

/** Such as `/tasks/:id`, with 1 for each parameter. */
const shapeOf = (path: string): string =>
  path
    .split('/')
    .map((segment) => (segment.startsWith(':') ? 1 : 0))
    .join('');

/** Orders paths so that a fixed segment comes before a parameter, and wins where both match. */
export function byFixedSegments(a: string, b: string): number {
  const [first, second] = [shapeOf(a), shapeOf(b)];
  if (first === second) return 0;
  return first < second ? -1 : 1;
}

/**
 * The params of a call: those of the path and those of the query or body, which never replace each
 * other. Throws `not_found` for a path that no resource can have, else `validation_failed` with all
 * wrong fields.
 */
export function paramsOf(
  route: Route,
  path: Readonly<Record<string, string>>,
  form: Readonly<Record<string, unknown>>,
): object {
  const unknown: FieldError[] = [];
  const params: Record<string, unknown> = {};
  for (const name of Object.keys(form)) {
    if (route.formNames.has(name)) params[name] = form[name];
    else unknown.push(unknownField(name));
  }
  for (const name of route.pathNames) params[name] = path[name] ?? '';
  const inexact = inexactFields(route, form);
  if (inexact.length > 0) {
    throw new Problem('validation_failed', undefined, { errors: [...unknown, ...inexact] });
  }
  const result = route.check(params);
  if (result === true && unknown.length === 0) return params;
  const wrong = result === true ? [] : fieldErrors(result, route.contract.params);
  const problem = problemOfPath(route, wrong);
  if (problem !== undefined) throw problem;
  // For a misspelled field, the answer names both the unknown and the missing field.
  throw new Problem('validation_failed', undefined, { errors: [...unknown, ...wrong] });
}
